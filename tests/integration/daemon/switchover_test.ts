import assert from "node:assert/strict";
import { connect, type ZooKeeper } from "zookeeper";
import { contenderPrefix } from "../../../src/election/latch_order.ts";
import { encodeRequest } from "../../../src/election/switchover/documents.ts";
import { freePort, freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { MasterdHome } from "./masterd_home.ts";

const NAMESPACE = "/flink/cluster_one";
const REQUEST = `${NAMESPACE}/masterd/switchover/request`;
const PUBLISHED = "leader address published";

/** A ZooKeeper server, and three masters of which the first leads and the others wait in order. */
class Cluster implements AsyncDisposable {
  readonly server: ZooKeeperServer;
  readonly home: MasterdHome;
  readonly ports: readonly number[];
  readonly masters: TestProcess[] = [];

  static async create(options: { masters?: number; conf?: string } = {}): Promise<Cluster> {
    const { masters = 3, conf = "" } = options;
    const server = await ZooKeeperServer.start({ tickTimeMs: 500 });
    const ports = freePorts(3);
    const home = await MasterdHome.create({
      "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.zookeeper.client.session-timeout: 4 s
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
masterd.zookeeper.tick-time: 500 ms
jobmanager.bind-host: localhost
rest.bind-address: localhost
${conf}`,
      "conf/masters": ports.map((port) => `localhost:${port}\n`).join(""),
    });
    const cluster = new Cluster(server, home, ports);
    await using zk = await cluster.connect();
    for (const port of ports.slice(0, masters)) await cluster.start(zk, port);
    return cluster;
  }

  private constructor(server: ZooKeeperServer, home: MasterdHome, ports: readonly number[]) {
    this.server = server;
    this.home = home;
    this.ports = ports;
  }

  /** Starts a master and waits until it is known, and leads if it is the first. */
  async start(zk: ZooKeeper, port: number, ...words: string[]): Promise<void> {
    const args = ["--host", "localhost", "--webui-port", String(port), ...words];
    this.masters.push(this.home.start("jobmanager", ...args));
    const count = this.masters.length;
    if (count === 1) await this.masters[0]!.waitForLine((line) => line.includes(PUBLISHED));
    const known = `${NAMESPACE}/masterd/masters`;
    await until(() => zk.exists(known), (stat) => stat?.numChildren === count);
    const latch = `${NAMESPACE}/leader/latch`;
    await until(() => zk.exists(latch), (stat) => stat !== undefined && stat.numChildren >= count);
  }

  async queued(zk: ZooKeeper, count: number): Promise<void> {
    const latch = `${NAMESPACE}/leader/latch`;
    await until(() => zk.exists(latch), (stat) => stat?.numChildren === count);
  }

  connect(): Promise<ZooKeeper> {
    return connect(this.server.address, { signal: AbortSignal.timeout(10_000) });
  }

  /** Runs the command; its two streams apart. */
  async switchover(...args: string[]) {
    const process = this.home.start("switchover", ...args);
    const { code } = await process.ends();
    const linesOf = (stream: string) =>
      process.lines.filter(({ from }) => from === stream).map(({ text }) => text);
    return { code, out: linesOf("stdout"), errors: linesOf("stderr") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

Deno.test("masterd switchover gives leadership to the named master and says what it took", async () => {
  await using cluster = await Cluster.create();
  await using zk = await cluster.connect();
  const [first, second, third] = cluster.ports.map((port) => `localhost:${port}`);
  const { code, out, errors } = await cluster.switchover("--to", third!);
  assert.equal(code, 0, errors.join("\n"));
  assert.deepEqual(errors, [`switching over from ${first} to ${third}`]);
  const line = new RegExp(
    `^switched over from ${first} \\(epoch (\\d+)\\) to ${third} \\(epoch (\\d+)\\): ` +
      "gap [\\d.]+ ms, in all [\\d.]+ ms$",
  );
  const [, oldEpoch, newEpoch] = line.exec(out.join("\n")) ?? assert.fail(out.join("\n"));
  assert.ok(BigInt(newEpoch!) > BigInt(oldEpoch!));
  assert.equal((await cluster.home.run("leader")).text, `http://${third}`);
  const [leader] = cluster.masters as [TestProcess];
  assert.match(leader.text, /giving leadership back.*switchover to localhost/);
  assert.match(leader.text, /leadership released/);
  await cluster.queued(zk, 3);
  assert.equal(await zk.exists(REQUEST), undefined);

  const again = await cluster.switchover("--to", third!);
  assert.deepEqual(again, {
    code: 0,
    out: [`${third} (epoch ${newEpoch}) leads already`],
    errors: [],
  });
  const json = await cluster.switchover("--to", second!, "--json");
  const document = JSON.parse(json.out.join("\n"));
  assert.equal(document.outcome, "switched");
  assert.deepEqual(document.from, {
    ...document.from,
    address: `http://${third}`,
    epoch: newEpoch,
  });
  assert.equal(document.leader.address, `http://${second}`);
  assert.equal(typeof document.gapMs, "number");
  assert.equal(typeof document.totalMs, "number");
});

Deno.test("masterd switchover names the standbys and the nearest one after a typo, exit code 1", async () => {
  await using cluster = await Cluster.create();
  const [, second, third] = cluster.ports.map((port) => `localhost:${port}`);
  const { code, errors } = await cluster.switchover("--to", `locahost:${cluster.ports[1]}`);
  assert.equal(code, 1);
  assert.deepEqual(errors, [
    `masterd: locahost:${cluster.ports[1]} is no standby: did you mean ${second}? ` +
    `(standbys: ${second}, ${third})`,
  ]);
  const { code: jsonCode, out } = await cluster.switchover("--to", "elsewhere:1", "--json");
  assert.equal(jsonCode, 1);
  assert.equal(JSON.parse(out.join("\n")).outcome, "refused");
});

Deno.test("masterd switchover refuses without a leader, without a standby and beside another one", async () => {
  await using cluster = await Cluster.create({ masters: 0 });
  await using zk = await cluster.connect();
  const refusal = async (message: string, ...args: string[]) =>
    assert.deepEqual(await cluster.switchover(...args), {
      code: 1,
      out: [],
      errors: [`masterd: ${message}`],
    });
  await refusal("No leader is known");
  await cluster.start(zk, cluster.ports[0]!);
  await refusal("No other master stands for election");
  await cluster.start(zk, cluster.ports[1]!);
  const target = { participant: "localhost:1", latchName: "none" };
  const request = { id: "x", target, from: "localhost:2", timeoutMs: 60_000 };
  await zk.createPath(`${NAMESPACE}/masterd/switchover`);
  await zk.create(REQUEST, encodeRequest(request), { mode: "ephemeral" });
  const { code, errors } = await cluster.switchover();
  assert.equal(code, 1);
  assert.equal(errors.at(-1), "masterd: Another switchover is under way, to localhost:1");
});

Deno.test("masterd switchover does not ask a contender that is no masterd to step aside", async () => {
  await using cluster = await Cluster.create({ masters: 1 });
  await using zk = await cluster.connect();
  const path = `${NAMESPACE}/leader/latch/${contenderPrefix(crypto.randomUUID())}`;
  await zk.create(path, new TextEncoder().encode("curator"), { mode: "ephemeralSequential" });
  await cluster.queued(zk, 2);
  await cluster.start(zk, cluster.ports[1]!);
  await cluster.queued(zk, 3);
  const { code, errors } = await cluster.switchover();
  assert.equal(code, 1);
  assert.deepEqual(errors, [
    `masterd: curator stands before localhost:${cluster.ports[1]} in the queue ` +
    "and is no masterd: it cannot step aside",
  ]);
});

Deno.test("masterd switchover to a master that hangs changes nothing, exit code 75", async () => {
  await using cluster = await Cluster.create();
  const [first, second] = cluster.ports.map((port) => `localhost:${port}`);
  cluster.masters[1]!.signal("SIGSTOP");
  const { code, errors } = await cluster.switchover("--to", second!, "--timeout", "0.5");
  assert.equal(code, 75);
  assert.match(
    errors.at(-1)!,
    new RegExp(
      `^masterd: ${second} did not say within 0.5 s that it is ready; ` +
        `${first} \\(epoch \\d+\\) leads on$`,
    ),
  );
  assert.doesNotMatch(cluster.masters[0]!.text, /giving leadership back/);
});

Deno.test("masterd switchover rolls back when the new leader's command is not ready in time", async () => {
  await using cluster = await Cluster.create({
    masters: 1,
    conf: `masterd.jobmanager.command: ["sleep", "1000"]\n`,
  });
  await using zk = await cluster.connect();
  const [first, second] = cluster.ports.map((port) => `localhost:${port}`);
  const ready = `masterd.jobmanager.ready=localhost:${freePort()}`;
  await cluster.start(zk, cluster.ports[1]!, "-D", ready);
  const { code, errors } = await cluster.switchover("--timeout", "1");
  assert.equal(code, 75);
  const epoch = String.raw`\(epoch \d+\)`;
  assert.match(
    errors.at(-1)!,
    new RegExp(`^masterd: ${second} .*; rolled back: ${first} ${epoch} leads$`),
  );
  assert.match(cluster.masters[1]!.text, /not completed in time, giving leadership back/);
  const { text } = await cluster.home.run("leader");
  assert.equal(text, `http://${first}`);
});

Deno.test("masterd switchover withdraws its request when it is interrupted", async () => {
  await using cluster = await Cluster.create();
  await using zk = await cluster.connect();
  const [, second] = cluster.ports.map((port) => `localhost:${port}`);
  cluster.masters[1]!.signal("SIGSTOP");
  const command = cluster.home.start("switchover", "--to", second!);
  await until(() => zk.exists(REQUEST), (stat) => stat !== undefined);
  command.signal("SIGINT");
  assert.equal((await command.ends()).code, 130);
  assert.match(command.text, /interrupted: the request is withdrawn/);
  assert.equal(await zk.exists(REQUEST), undefined);
});

Deno.test("masterd switchover leaves no request behind when it is killed", async () => {
  await using cluster = await Cluster.create();
  await using zk = await cluster.connect();
  const [, second] = cluster.ports.map((port) => `localhost:${port}`);
  cluster.masters[1]!.signal("SIGSTOP");
  const command = cluster.home.start("switchover", "--to", second!);
  await until(() => zk.exists(REQUEST), (stat) => stat !== undefined);
  await command.kill();
  await until(() => zk.exists(REQUEST), (stat) => stat === undefined);
  assert.equal((await cluster.home.run("leader")).text, `http://localhost:${cluster.ports[0]}`);
});

Deno.test("masterd switchover refuses what it cannot understand, exit code 64", async () => {
  const port = freePort();
  await using home = await MasterdHome.create({ "conf/flink-conf.yaml": "", "conf/masters": "" });
  for (const words of [["--to", "a:b:c"], ["--timeout", "0"], ["--timeout", "601"]]) {
    const { code, text } = await home.run("switchover", ...words);
    assert.equal(code, 64, text);
    assert.match(text, new RegExp(`^masterd: ${words[0]}`));
  }
  const { code, text } = await home.run("switchover", "--to", `localhost:${port}`);
  assert.equal(code, 1);
  assert.match(text, /A switchover needs high-availability: zookeeper/);
});
