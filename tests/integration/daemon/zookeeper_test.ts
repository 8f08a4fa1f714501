import assert from "node:assert/strict";
import { connect, joinPath, type ZooKeeper } from "zookeeper";
import { call } from "../../../src/http/call.ts";
import { freePort, freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { MasterdHome } from "./masterd_home.ts";

const SESSION_TIMEOUT_MS = 2000;
const TICK_MS = 500;
// For what a loaded machine adds to the time that the protocol takes.
const SLACK_MS = 3000;
const NAMESPACE = "/flink/cluster_one";
const PUBLISHED = "leader address published";
const signal = new AbortController().signal;

/** A ZooKeeper server, and a cluster of two masters configured for it. */
class Cluster implements AsyncDisposable {
  readonly server: ZooKeeperServer;
  readonly home: MasterdHome;
  readonly ports: readonly [number, number];

  static async create(conf = ""): Promise<Cluster> {
    const server = await ZooKeeperServer.start({ tickTimeMs: TICK_MS });
    const [first, second] = freePorts(2) as [number, number];
    const home = await MasterdHome.create({
      "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.zookeeper.client.session-timeout: ${SESSION_TIMEOUT_MS} ms
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
jobmanager.bind-host: localhost
rest.bind-address: localhost
${conf}`,
      "conf/masters": `localhost:${first}\nlocalhost:${second}\n`,
    });
    return new Cluster(server, home, [first, second]);
  }

  private constructor(
    server: ZooKeeperServer,
    home: MasterdHome,
    ports: readonly [number, number],
  ) {
    this.server = server;
    this.home = home;
    this.ports = ports;
  }

  master(port: number): TestProcess {
    return this.home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  }

  connect(): Promise<ZooKeeper> {
    return connect(this.server.address, { signal: AbortSignal.timeout(10_000) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function says(
  process: TestProcess,
  text: string,
  options: { limitMs?: number; from?: number } = {},
) {
  return process.waitForLine((line) => line.includes(text), options);
}

async function statusOf(port: number, path: string): Promise<number> {
  return (await call(`http://localhost:${port}${path}`, { method: "GET", signal })).status;
}

function untilStatus(port: number, path: string, status: number): Promise<number> {
  const read = () => statusOf(port, path).catch(() => 0);
  return until(read, (found) => found === status, { limitMs: 10_000 });
}

Deno.test("a killed leader is replaced, the worker follows, and the killed one returns as standby", async () => {
  await using cluster = await Cluster.create();
  const [first, second] = cluster.ports;
  const leader = cluster.master(first);
  await says(leader, PUBLISHED);
  const standby = cluster.master(second);
  await untilStatus(second, "/standby", 200);
  assert.equal(await statusOf(first, "/leader"), 200);
  assert.equal(await statusOf(second, "/leader"), 503);
  const worker = cluster.home.start("taskmanager");
  await says(worker, `registered with leader address=http://localhost:${first}`);

  await leader.kill();
  await says(standby, PUBLISHED, { limitMs: SESSION_TIMEOUT_MS + TICK_MS + SLACK_MS });
  await untilStatus(second, "/leader", 200);
  await says(worker, `registered with leader address=http://localhost:${second}`);
  cluster.master(first);
  await untilStatus(first, "/standby", 200);
  assert.equal(await statusOf(first, "/leader"), 503);
  const { text } = await cluster.home.run("leader");
  assert.equal(text, `http://localhost:${second}`);
});

Deno.test("a leader that is stopped hands over before its session could have expired, 10 times", async () => {
  await using cluster = await Cluster.create(
    // So long that no hand-over of this test can come from an expiry.
    "high-availability.zookeeper.client.session-timeout: 10 s\n",
  );
  const masters = cluster.ports.map((port) => ({ port, process: cluster.master(port) }));
  await Promise.any(masters.map(({ process }) => says(process, PUBLISHED)));
  await Promise.all(masters.map(({ port }) => untilStatus(port, "/ready", 200)));
  for (let round = 0; round < 10; round++) {
    const statuses = await Promise.all(masters.map(({ port }) => statusOf(port, "/leader")));
    assert.deepEqual(statuses.toSorted(), [200, 503], `round ${round}`);
    const leader = masters[statuses.indexOf(200)]!;
    const standby = masters[statuses.indexOf(503)]!;
    const from = standby.process.lines.length;
    assert.equal((await leader.process.stop()).code, 0);
    assert.ok(leader.process.text.includes("leadership released"), leader.process.text);
    await says(standby.process, PUBLISHED, { from, limitMs: SLACK_MS });
    await untilStatus(standby.port, "/leader", 200);
    leader.process = cluster.master(leader.port);
    await untilStatus(leader.port, "/standby", 200);
  }
});

Deno.test("masters outlive a restart of ZooKeeper, and one leads again", async () => {
  await using cluster = await Cluster.create();
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await says(master, PUBLISHED);
  await cluster.server.stop();
  await says(master, "leadership lost");
  await untilStatus(port, "/leader", 503);
  const from = master.lines.length;
  await cluster.server.restart();
  await says(master, PUBLISHED, { from });
  await untilStatus(port, "/leader", 200);
});

Deno.test("a master that cannot start leaves nothing behind in ZooKeeper", async () => {
  const port = freePort();
  await using cluster = await Cluster.create(`high-availability.jobmanager.port: ${port}\n`);
  await using zk = await cluster.connect();
  {
    using _taken = Deno.listen({ hostname: "localhost", port: cluster.ports[0] });
    assert.equal((await cluster.master(cluster.ports[0]).ends()).code, 1);
  }
  {
    using _taken = Deno.listen({ hostname: "localhost", port });
    const { code, text } = await cluster.home.run("jobmanager");
    assert.equal(code, 1);
    assert.ok(text.includes(String(port)), text);
  }
  assert.equal((await cluster.home.run("jobmanager", "-D", "high-availability=zookeper")).code, 78);
  assert.equal(await zk.exists("/flink"), undefined);
  assert.deepEqual(await cluster.home.leftovers(), []);
});

Deno.test("strangers in the latch path are named once and do not keep a master from leading", async () => {
  await using cluster = await Cluster.create();
  await using zk = await cluster.connect();
  const latch = `${NAMESPACE}/leader/latch`;
  for (const name of ["0config", "latch-", "_c_x-lock-0000000000"]) {
    await zk.createPath(joinPath(latch, name));
  }
  const information = `${NAMESPACE}/leader/rest_server/connection_info`;
  await zk.createPath(information);
  await zk.setData(information, new Uint8Array(100_000).fill(0xac));
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await says(master, PUBLISHED);
  assert.equal(await statusOf(port, "/leader"), 200);
  assert.equal((await master.stop()).code, 0);
  const warnings = master.text.split("\n").filter((line) => line.includes("no contender"));
  assert.equal(warnings.length, 3, master.text);
  const { children } = await zk.getChildren(latch);
  assert.deepEqual(children.toSorted(), ["0config", "_c_x-lock-0000000000", "latch-"]);
});
