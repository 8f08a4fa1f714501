import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "zookeeper";
import { freePort, freePorts } from "../support/ports.ts";
import { until } from "../support/until.ts";
import { crash, Installation, isAlive, lines, type Outcome, run } from "./installation.ts";

const repository = join(import.meta.dirname!, "..", "..");

Deno.test("start-zookeeper-quorum.sh starts a server that answers, and stop-zookeeper-quorum.sh stops it", async () => {
  await using installation = await configured(
    [`server.7=localhost;${freePort()}`],
    { name: "a höme" },
  );
  await using _ = stopServers(installation);
  const started = await installation.run("start-zookeeper-quorum.sh");
  const data = installation.path("state", "zookeeper-7");
  assert.deepEqual(started, {
    code: 0,
    lines: ["Starting zookeeper daemon on host localhost."],
    errors: `conf/zoo.cfg names no dataDir: the data of server 7 lies in ${data}\n`,
  });
  const [server] = await installation.instances("zookeeper");
  assert.equal(server!.name, "7");
  assert.equal(await readFile(join(data, "myid"), "utf8"), "7\n");
  const again = await installation.run("start-zookeeper-quorum.sh");
  assert.deepEqual([again.code, (await installation.instances("zookeeper")).length], [0, 1]);
  assert.equal((await status(installation)).lines.at(-1), "Server 7 (localhost) serves alone.");
  const stopped = await installation.run("stop-zookeeper-quorum.sh");
  assert.deepEqual(stopped, {
    code: 0,
    lines: [`Stopping zookeeper daemon (pid: ${server!.pid}) on host localhost.`],
    errors: "",
  });
  assert.ok(!await isAlive(server!.pid));
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("start-zookeeper-quorum.sh starts the embedded server where a key forces it, and data of one server is not the other's", async () => {
  await using installation = await configured([`server.7=localhost;${freePort()}`]);
  await using _ = stopServers(installation);
  const conf = installation.path("conf", "flink-conf.yaml");
  const forced = `${await readFile(conf, "utf8")}\nmasterd.zookeeper.server: `;
  await writeFile(conf, `${forced}embedded\n`);
  const started = await installation.run("start-zookeeper-quorum.sh");
  assert.deepEqual(started, {
    code: 0,
    lines: ["Starting zookeeper daemon on host localhost."],
    errors: "conf/zoo.cfg names no dataDir: the data of server 7 lies in " +
      `${installation.path("state", "zookeeper-7")}\n`,
  });
  assert.equal((await status(installation)).lines.at(-1), "Server 7 (localhost) serves alone.");
  const stopped = await installation.run("stop-zookeeper-quorum.sh");
  assert.equal(stopped.code, 0);
  assert.match(stopped.lines[0]!, /^Stopping zookeeper daemon \(pid: \d+\) on host localhost\.$/);

  await writeFile(conf, `${forced}apache\n`);
  const refused = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.equal(refused.code, 78);
  assert.match(
    refused.errors,
    /holds data of the embedded server .*zookeeper\.server: embedded, or name/,
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("start-zookeeper-quorum.sh says that a zoo.cfg without servers starts nothing", async () => {
  await using installation = await configured([`clientPort=${freePort()}`]);
  const { code, lines, errors } = await installation.run("start-zookeeper-quorum.sh");
  assert.deepEqual([code, lines], [78, []]);
  assert.match(errors, /names no server, such as server\.1=.*: nothing was started\n.*start 0\n$/);
});

Deno.test("zookeeper.sh runs three servers of one zoo.cfg on one host, and quorum-status tells of them", async () => {
  const clientPorts = freePorts(3);
  const servers = ["127.0.0.1", "127.0.0.1", "[::1]"].map((host, at) =>
    `server.${at + 1}=${host}:${freePort()}:${freePort()};${clientPorts[at]}`
  );
  await using installation = await configured([...servers, "dataDir=data"]);
  await using _ = stopServers(installation);
  const start = (id: number) => installation.run("zookeeper.sh", ["start", `${id}`]);

  assert.equal((await start(1)).code, 0);
  const first = await status(installation);
  assert.deepEqual([first.code, first.errors], [
    1,
    "masterd: 1 of 3 servers answers: no quorum.\n",
  ]);
  const others = await Promise.all([start(2), start(3)]);
  assert.deepEqual(others.map(({ code }) => code), [0, 0]);
  const whole = await until(
    () => status(installation, "--wait", "30"),
    ({ lines }) => / leads the quorum of 3; 2 follow\.$/.test(lines.at(-1)!),
    { limitMs: 30_000 },
  );
  assert.equal(whole.code, 0);
  const [leader] = leaderOf(whole);

  await write(clientPorts, "before");
  const leading = (await installation.instances("zookeeper")).find(({ name }) => name === leader);
  await crash(leading!.pid);
  const reduced = await status(installation, "--wait", "30");
  assert.equal(reduced.code, 0);
  assert.notEqual(leaderOf(reduced)[0], leader);
  assert.match(reduced.lines.at(-1)!, /leads the quorum of 3; 1 follows, 1 is missing\.$/);

  await installation.run("zookeeper.sh", ["stop-all"]);
  assert.deepEqual(await installation.files(installation.path("data")), ["1", "2", "3"]);
  await Promise.all([start(1), start(2), start(3)]);
  assert.equal((await status(installation, "--wait", "30")).code, 0);
  assert.equal(await read(clientPorts), "before");
});

Deno.test("zookeeper.sh start knows that a server at an IPv6 address answers", async () => {
  const lines = ["server.7=[::1]", `clientPort=${freePort()}`, "clientPortAddress=[::1]"];
  await using installation = await configured(lines);
  await using _ = stopServers(installation);
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.deepEqual([outcome.code, outcome.lines.length], [0, 1]);
  assert.equal((await status(installation)).lines.at(-1), "Server 7 ([::1]) serves alone.");
});

Deno.test("zookeeper.sh start refuses the data of another server", async () => {
  await using installation = await configured([`server.7=localhost;${freePort()}`, "dataDir=data"]);
  const mark = installation.path("data", "myid");
  await mkdir(installation.path("data"));
  await writeFile(mark, "3\n");
  const outcome = await installation.run("zookeeper.sh", ["start", "7"]);
  assert.deepEqual(outcome, {
    code: 78,
    lines: [],
    errors: `Cannot start ZooKeeper server 7: ${mark} says that the data is of server 3.\n`,
  });
  assert.equal(await readFile(mark, "utf8"), "3\n");
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("zookeeper.sh start names the lines of zoo.cfg that are wrong, and starts nothing", async () => {
  await using installation = await configured([
    "server.1=localhost",
    "server.1=localhost:2889:3889",
    "dataDir=",
  ]);
  const outcome = await installation.run("zookeeper.sh", ["start", "1"]);
  assert.equal(outcome.code, 78);
  assert.deepEqual(outcome.errors.split("\n").slice(0, 2), [
    "conf/zoo.cfg:3: server.1: server 1 is already on line 2; write each id once",
    'conf/zoo.cfg:4: dataDir: "" is not an absolute path; write for example /var/lib/zookeeper',
  ]);
  assert.deepEqual(await installation.files(installation.path("state")), []);
});

/** An installation of the scripts with the real binary and this zoo.cfg. */
async function configured(
  zooCfg: readonly string[],
  { name }: { name?: string } = {},
): Promise<Installation> {
  const installation = await Installation.create(name);
  const binary = installation.path("masterd");
  await writeFile(binary, `#!/usr/bin/env bash\nexec '${repository}/tools/masterd.sh' "$@"\n`);
  await chmod(binary, 0o755);
  for (const file of ["flink-conf.yaml", "masters", "workers"]) {
    await cp(join(repository, "conf", file), installation.path("conf", file));
  }
  const text = lines("admin.enableServer=false", ...zooCfg);
  await writeFile(installation.path("conf", "zoo.cfg"), text);
  return installation;
}

function status(installation: Installation, ...words: string[]): Promise<Outcome> {
  const home = { MASTERD_HOME: installation.home };
  return run(installation.path("masterd"), ["quorum-status", ...words], { environment: home });
}

/** The ids of the servers that say they lead. */
function leaderOf({ lines }: Outcome): string[] {
  return lines.filter((line) => / leader /.test(line)).map((line) => line.split(" ", 1)[0]!);
}

async function write(ports: readonly number[], text: string): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  await using zk = await connect(address(ports), { sessionTimeoutMs: 10_000, signal });
  await zk.create("/kept", new TextEncoder().encode(text), { mode: "persistent", signal });
}

async function read(ports: readonly number[]): Promise<string> {
  const signal = AbortSignal.timeout(20_000);
  await using zk = await connect(address(ports), { sessionTimeoutMs: 10_000, signal });
  return new TextDecoder().decode((await zk.getData("/kept", { signal })).data);
}

function address(ports: readonly number[]): string {
  return ports.map((port) => `localhost:${port}`).join(",");
}

/** Ends the servers of an installation, also when its scripts could not. */
function stopServers(installation: Installation): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const servers = await installation.instances("zookeeper");
      await Promise.all(servers.map(({ pid }) => crash(pid)));
    },
  };
}
