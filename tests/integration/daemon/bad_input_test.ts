import assert from "node:assert/strict";
import { connect } from "zookeeper";
import { freePort, freePorts } from "../../support/ports.ts";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";

const repository = new URL("../../../", import.meta.url).pathname;
const UNCHANGED = { masters: "localhost:0\n", workers: "localhost\n" };

/** The scripts beside a configuration of their own, with the program of the source tree. */
class Scripts implements AsyncDisposable {
  private constructor(readonly homeDir: string) {}

  static async create(conf: Readonly<Record<string, string>>): Promise<Scripts> {
    const homeDir = await Deno.makeTempDir({ prefix: "masterd_bad_input_" });
    const copy = new Deno.Command("cp", { args: ["-r", `${repository}bin`, homeDir] });
    assert.ok((await copy.output()).success);
    await Deno.mkdir(`${homeDir}/conf`);
    for (const [name, text] of Object.entries(conf)) {
      await Deno.writeTextFile(`${homeDir}/conf/${name}`, text);
    }
    return new Scripts(homeDir);
  }

  async run(script: string, ...args: string[]) {
    await using process = TestProcess.start(`${this.homeDir}/bin/${script}`, {
      args,
      env: { MASTERD_BIN: `${repository}tools/masterd.sh`, MASTERD_DENO: Deno.execPath() },
    });
    const { code } = await process.ends();
    const text = (from: string) =>
      process.lines.filter((line) => line.from === from).map(({ text }) => text);
    return { code, out: text("stdout"), errors: text("stderr").join("\n") };
  }

  /** The names of all files in a folder of the installation; none if there is no folder. */
  async files(folder: string): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(`${this.homeDir}/${folder}`))
      .catch(() => []);
    return entries.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("taskmanager.sh", "stop-all");
    await this.run("jobmanager.sh", "stop-all");
    await Deno.remove(this.homeDir, { recursive: true });
  }
}

function flinkConf(quorum: string, more = ""): string {
  return `high-availability: zookeeper
high-availability.zookeeper.quorum: ${quorum}
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
${more}`;
}

async function assertNoZnode(server: ZooKeeperServer): Promise<void> {
  await using zk = await connect(server.address, { signal: AbortSignal.timeout(10_000) });
  assert.deepEqual((await zk.getChildren("/")).children, ["zookeeper"]);
}

const COMMAND = "masterd.jobmanager.command: touch started\n";
const TIMEOUT = "high-availability.zookeeper.client.session-timeout";

/** What stands in conf beside what is right, and what start-cluster.sh says to it. */
function mistakes(quorum: string): Record<string, [files: Record<string, string>, says: RegExp]> {
  const masters = (text: string, says: RegExp) => [{ masters: text }, says] as const;
  const conf = (more: string, says: RegExp) =>
    [{ "flink-conf.yaml": flinkConf(quorum, more) }, says] as const;
  return {
    "h:": [...masters("localhost:0\nh:\n", /^conf\/masters:2: .*has no port/m)],
    "h: 8081": [...masters("h: 8081\n", /^conf\/masters:1: .*h: 8081/m)],
    "h:abc": [...masters("h:abc\n", /^conf\/masters:1: .*abc/m)],
    ":8081": [...masters(":8081\n", /^conf\/masters:1: .*:8081/m)],
    "a duplicate": [...masters("localhost:1\nlocalhost:1\n", /^conf\/masters:2: .*line 1/m)],
    "CRLF and tabs around a mistake": [
      ...masters("localhost:0\r\n\th:abc\t\r\n", /^conf\/masters:2: "abc" is not a port/m),
    ],
    "a tab in YAML": [...conf("rest:\n\tport: 1\n", /^conf\/flink-conf\.yaml:6: .*[Tt]ab/m)],
    "a YAML error": [...conf("a: 'b\n", /^conf\/flink-conf\.yaml:5: /m)],
    "an unknown mode": [
      { "flink-conf.yaml": "high-availability: zookeper\n" },
      /^conf\/flink-conf\.yaml:1: high-availability: .*zookeper.*zookeeper/m,
    ],
    "an empty quorum": [
      { "flink-conf.yaml": flinkConf("") },
      /^conf\/flink-conf\.yaml(:2)?: high-availability\.zookeeper\.quorum: /m,
    ],
    "the range 5-1": [
      ...conf("high-availability.jobmanager.port: 5-1\n", /^conf\/flink-conf\.yaml:5: .*5-1/m),
    ],
    "a command with an open quote": [
      ...conf(
        "masterd.jobmanager.command: java 'x\n",
        /^conf\/flink-conf\.yaml:5: .*command: .*'x/m,
      ),
    ],
    "an empty command": [
      ...conf(
        "masterd.taskmanager.command: []\n",
        /^conf\/flink-conf\.yaml:5: .*command: .*no word/m,
      ),
    ],
    "a probe of no form": [
      ...conf(
        `${COMMAND}masterd.jobmanager.ready: soon\n`,
        /^conf\/flink-conf\.yaml:6: masterd\.jobmanager\.ready: "soon" .*port .*URL .*exec: /m,
      ),
    ],
    "a health timeout of nothing": [
      ...conf(
        `${COMMAND}masterd.jobmanager.health-timeout: 0\n`,
        /^conf\/flink-conf\.yaml:6: masterd\.jobmanager\.health-timeout: "0" is out of range/m,
      ),
    ],
    "an unknown answer to a leader change": [
      ...conf(
        "masterd.taskmanager.on-leader-change: stop\n",
        /^conf\/flink-conf\.yaml:5: .*"stop" .*: restart, signal, none$/m,
      ),
    ],
    "a log size in an unknown unit": [
      ...conf("masterd.command.log-size: 1 mib\n", /^conf\/flink-conf\.yaml:5: .*units are b, kb/m),
    ],
    "a stop grace longer than the lease allows (T18)": [
      ...conf(
        `${COMMAND}masterd.jobmanager.stop-grace: 20 s\n${TIMEOUT}: 10 s\n`,
        /^conf\/flink-conf\.yaml:6: .*stop-grace: 20000 ms .*10000 ms.*7100 ms.*at most 5916 ms/m,
      ),
    ],
    "a tick time that the session timeout does not fit": [
      ...conf(
        `masterd.zookeeper.tick-time: 6 s\n${TIMEOUT}: 10 s\n`,
        /^conf\/flink-conf\.yaml:5: masterd\.zookeeper\.tick-time: .*6000 ms.*write at most 5000 ms/m,
      ),
    ],
    "a storageDir without a meaning": [
      { "flink-conf.yaml": flinkConf(quorum).replace(": state", ": htp://x/y") },
      /^conf\/flink-conf\.yaml:4: high-availability\.storageDir: .*htp/m,
    ],
  };
}

Deno.test("start-cluster.sh tells each mistake of conf, exit code 78, and leaves nothing behind", async (t) => {
  await using server = await ZooKeeperServer.start();
  for (const [name, [files, says]] of Object.entries(mistakes(server.address))) {
    await t.step(name, async () => {
      await using scripts = await Scripts.create({
        "flink-conf.yaml": flinkConf(server.address),
        ...UNCHANGED,
        ...files,
      });
      const { code, out, errors } = await scripts.run("start-cluster.sh");
      assert.match(errors, says);
      assert.deepEqual({ code, out }, { code: 78, out: [] });
      assert.deepEqual([...await scripts.files("run"), ...await scripts.files("log")], []);
    });
  }
  await assertNoZnode(server);
});

Deno.test("start-cluster.sh takes masters and workers with CRLF and tabs", async () => {
  const [webuiPort] = freePorts(1);
  await using scripts = await Scripts.create({
    "flink-conf.yaml": flinkConf(`localhost:${freePort()}`).replaceAll("\n", "\r\n"),
    masters: `\tlocalhost:${webuiPort}\t# first\r\n\r\n`,
    workers: "# none\r\n\t\r\n",
  });
  const { code, out, errors } = await scripts.run("start-cluster.sh");
  assert.deepEqual({ code, out }, {
    code: 0,
    out: [
      "Starting HA cluster with 1 masters and 1 peers in ZooKeeper quorum.",
      "Starting standalonesession daemon on host localhost.",
    ],
  }, errors);
});

Deno.test("jobmanager.sh start names what is taken, exit code 1, and leaves nothing behind", async (t) => {
  await using server = await ZooKeeperServer.start();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const { port } = taken.addr;
  const range = `high-availability.jobmanager.port: ${port}\njobmanager.bind-host: 127.0.0.1\n`;
  const cases = [
    ["a web UI port", "rest.bind-address: 127.0.0.1\n", port, "Cannot serve the web UI"],
    ["a port range", range, freePort(), `any port of high-availability.jobmanager.port ${port}`],
  ] as const;
  for (const [name, more, webuiPort, says] of cases) {
    await t.step(name, async () => {
      await using scripts = await Scripts.create({
        "flink-conf.yaml": flinkConf(server.address, more),
        ...UNCHANGED,
      });
      const { code, errors } = await scripts.run(
        "jobmanager.sh",
        "start",
        "localhost",
        `${webuiPort}`,
      );
      assert.ok(errors.includes(says), errors);
      assert.equal(code, 1);
      assert.deepEqual(await scripts.files("run"), []);
    });
  }
  await assertNoZnode(server);
});

Deno.test("jobmanager.sh refuses a stop grace that no lease has room for: nothing is bound or run (T18)", async () => {
  await using server = await ZooKeeperServer.start();
  const [webuiPort, rpcPort] = freePorts(2) as [number, number];
  // Whoever bound a port would fail, with another exit code: both are taken.
  using _webui = Deno.listen({ hostname: "127.0.0.1", port: webuiPort });
  using _rpc = Deno.listen({ hostname: "127.0.0.1", port: rpcPort });
  const more = `${COMMAND}masterd.jobmanager.stop-grace: 20 s
${TIMEOUT}: 10 s
high-availability.jobmanager.port: ${rpcPort}
jobmanager.bind-host: 127.0.0.1
rest.bind-address: 127.0.0.1
`;
  await using scripts = await Scripts.create({
    "flink-conf.yaml": flinkConf(server.address, more),
    ...UNCHANGED,
  });
  const { code, errors } = await scripts.run("jobmanager.sh", "start", "localhost", `${webuiPort}`);
  assert.match(
    errors,
    /conf\/flink-conf\.yaml:6: masterd\.jobmanager\.stop-grace: 20000 ms do not/,
  );
  assert.equal(code, 78);
  assert.deepEqual(await scripts.files("run"), []);
  assert.ok(!(await scripts.files(".")).includes("started"));
  await assertNoZnode(server);
});

Deno.test("a cluster whose quorum is unreachable says so again and again, and stops without a trace", async () => {
  const quorum = `localhost:${freePort()}`;
  await using scripts = await Scripts.create({
    "flink-conf.yaml": flinkConf(quorum),
    masters: `localhost:${freePort()}\n`,
    workers: "localhost\n",
  });
  assert.equal((await scripts.run("start-cluster.sh")).code, 0);
  for (const daemon of ["standalonesession", "taskexecutor"]) {
    const name = (await scripts.files("log")).find((file) => file.includes(daemon));
    const told = async () => {
      const log = await Deno.readTextFile(`${scripts.homeDir}/log/${name}`);
      return log.match(/ZooKeeper cannot be reached/g)?.length ?? 0;
    };
    await until(told, (times) => times >= 2, { limitMs: 20_000 });
  }
  const { code, out } = await scripts.run("stop-cluster.sh");
  assert.equal(code, 0);
  assert.deepEqual(out.map((line) => line.replace(/\d+/, "N")), [
    "Stopping taskexecutor daemon (pid: N) on host localhost.",
    "Stopping standalonesession daemon (pid: N) on host localhost.",
  ]);
  assert.deepEqual(await scripts.files("run"), []);
});
