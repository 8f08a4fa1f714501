import assert from "node:assert/strict";
import { call } from "../../../src/http/call.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { freePort, freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { FACTORY_CONF, factoryModule } from "./factory_module.ts";
import { MasterdHome } from "./masterd_home.ts";

const LEADING = "leader address published";
const signal = new AbortController().signal;
const LOG_OF_COMMAND = /-command\.log$/;

/** A home in which whoever stands leads at once, and runs a shell command while it does. */
function commandHome(script: string, conf = ""): Promise<MasterdHome> {
  const words = JSON.stringify(["sh", "-c", script]);
  return MasterdHome.create({
    "conf/flink-conf.yaml": `${FACTORY_CONF}masterd.jobmanager.command: ${words}\n${conf}`,
    "conf/masters": "localhost:0\n",
    "factory.js": factoryModule(),
  });
}

async function says(process: TestProcess, text: string): Promise<number> {
  await process.waitForLine((line) => line.includes(text));
  return process.lines.findIndex((line) => line.text.includes(text));
}

/** What the command wrote so far. */
async function output(home: MasterdHome): Promise<string> {
  for await (const { name } of Deno.readDir(`${home.homeDir}/log`)) {
    if (LOG_OF_COMMAND.test(name)) return await Deno.readTextFile(`${home.homeDir}/log/${name}`);
  }
  throw new Error("The command has no log yet");
}

function written(home: MasterdHome, pattern: RegExp): Promise<string> {
  return until(() => output(home), (text) => pattern.test(text));
}

const RUNS_ON = 'echo "pid=$$"; trap "echo term; exit 0" TERM; while :; do sleep 0.02; done';

async function pidOf(home: MasterdHome): Promise<number> {
  return Number(/pid=(\d+)/.exec(await written(home, /pid=\d+/))![1]);
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

Deno.test("a leader runs its command, told of its leadership, and stops it before the release", async () => {
  await using home = await commandHome(`env | sort; ${RUNS_ON}`);
  const master = home.start("jobmanager");
  await says(master, LEADING);
  const pid = await pidOf(home);
  const told = await output(home);
  assert.match(told, /^MASTERD_ROLE=leader$/m);
  assert.match(told, /^MASTERD_EPOCH=1$/m);
  assert.match(told, /^MASTERD_LEADER_ADDRESS=http:\/\/localhost:\d+$/m);
  assert.match(told, /^MASTERD_LEADER_SESSION_ID=[0-9a-f-]{36}$/m);
  assert.match(told, /^MASTERD_RPC_PORT=\d+$/m);
  assert.doesNotMatch(told, /MASTERD_READY_FILE|MASTERD_SESSION_FILE|NOTIFY_SOCKET/);
  assert.equal((await master.stop()).code, 0);
  assert.ok(!isAlive(pid));
  assert.match(await output(home), /\bterm\b/);
  assert.ok(await says(master, "command ended") < await says(master, "leadership released"));
});

Deno.test("the status tells what the command does", async () => {
  const port = freePort();
  await using home = await commandHome(RUNS_ON);
  const master = home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  await says(master, LEADING);
  const pid = await pidOf(home);
  const { body } = await call(`http://127.0.0.1:${port}/api/v1/status`, { method: "GET", signal });
  const { command } = body as NodeStatus;
  assert.deepEqual([command?.kind, command?.pid, command?.isReady], ["running", pid, true]);
});

Deno.test("a leader is found by others only when its command is ready", async () => {
  const port = freePort();
  const ready = `masterd.jobmanager.ready: 'exec: test -e ready-now'\n`;
  await using home = await commandHome(RUNS_ON, ready);
  const master = home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  await pidOf(home);
  const leader = () => call(`http://127.0.0.1:${port}/leader`, { method: "GET", signal });
  assert.equal((await leader()).status, 503);
  assert.doesNotMatch(master.text, new RegExp(LEADING));
  await Deno.writeTextFile(`${home.homeDir}/ready-now`, "");
  await says(master, LEADING);
  assert.equal((await leader()).status, 200);
});

const GIVING_UP: [what: string, script: string, conf: string, reason: RegExp][] = [
  [
    "is not ready in time",
    RUNS_ON,
    "masterd.jobmanager.ready: 'exec: false'\nmasterd.jobmanager.ready-timeout: 200 ms\n",
    /its command was not ready in time/,
  ],
  [
    "ends again and again",
    "exit 3",
    "masterd.jobmanager.restart-delay: 10 ms\n",
    /its command ended again and again/,
  ],
  [
    "becomes unhealthy",
    `touch well; ${RUNS_ON}`,
    "masterd.jobmanager.ready: 'exec: test -e well'\nmasterd.jobmanager.health-interval: 50 ms\n",
    /its command is not well/,
  ],
];

for (const [what, script, conf, reason] of GIVING_UP) {
  Deno.test(`a master whose command ${what} gives leadership to another (T12, T28)`, async () => {
    await using home = await commandHome(script, conf);
    const master = home.start("jobmanager");
    if (what === "becomes unhealthy") {
      await says(master, LEADING);
      await Deno.remove(`${home.homeDir}/well`);
    }
    const released = await says(master, "leadership released");
    const gaveUp = await says(master, "gave leadership to another");
    assert.ok(released < gaveUp);
    assert.match(master.lines[gaveUp]!.text, reason);
    assert.match(master.lines[gaveUp]!.text, /coolDownMs=60000/);
    assert.equal((await master.stop()).code, 0);
  });
}

Deno.test("a lone master without high availability goes on trying to run its command", async () => {
  const [webuiPort, rpcPort] = freePorts(2) as [number, number];
  await using home = await MasterdHome.create({
    "conf/flink-conf.yaml": [
      "high-availability: NONE",
      `rest.port: ${webuiPort}`,
      `jobmanager.rpc.port: ${rpcPort}`,
      'masterd.jobmanager.command: ["sh", "-c", "echo again; exit 3"]',
      "masterd.jobmanager.restart-delay: 5 ms",
      "",
    ].join("\n"),
  });
  const master = home.start("jobmanager");
  await written(home, /(again\n){5}/);
  assert.doesNotMatch(master.text, /gave leadership/);
});

Deno.test("a command that does not exist is named, and leadership given to another", async () => {
  await using home = await commandHome("");
  const absent = "-Dmasterd.jobmanager.command=/nowhere/program --flag";
  const master = home.start("jobmanager", absent);
  const gaveUp = await says(master, "gave leadership to another");
  assert.match(master.lines[gaveUp]!.text, /its command cannot be started/);
  assert.match(master.text, /\/nowhere\/program/);
});

Deno.test("kill -9 of a master takes its command along (T20)", async () => {
  await using home = await commandHome(`setsid sleep 300 & echo "child=$!"; ${RUNS_ON}`);
  const master = home.start("jobmanager");
  await says(master, LEADING);
  const pid = await pidOf(home);
  const child = Number(/child=(\d+)/.exec(await output(home))![1]);
  assert.ok(isAlive(pid) && isAlive(child));
  await master.kill();
  await until(() => isAlive(pid) || isAlive(child), (alive) => !alive);
});

/** One master without high availability, and a worker with a command. */
async function workerHome(onLeaderChange: string) {
  const [webuiPort, rpcPort] = freePorts(2) as [number, number];
  const script =
    'echo "start $MASTERD_ROLE $MASTERD_LEADER_ADDRESS pid=$$"; trap "echo reload" HUP; trap "exit 0" TERM; while :; do sleep 0.02; done';
  return await MasterdHome.create({
    "conf/flink-conf.yaml": [
      "high-availability: ./factory.js",
      "high-availability.cluster-id: /test",
      `rest.port: ${webuiPort}`,
      `jobmanager.rpc.port: ${rpcPort}`,
      "heartbeat.interval: 20 ms",
      "cluster.registration.error-delay: 50 ms",
      `masterd.taskmanager.command: ${JSON.stringify(["sh", "-c", script])}`,
      `masterd.taskmanager.on-leader-change: ${onLeaderChange}`,
      "",
    ].join("\n"),
    "conf/masters": "localhost:0\n",
    // Whoever publishes last is the leader that the worker follows.
    "factory.js": factoryModule({
      publish: `
        const { host, webuiPort } = address;
        const details = { ...address, epoch: "1", version: "0" };
        const leader = { leaderSessionId: this.leaderSessionId, address: "http://" + host + ":" + webuiPort, details };
        const file = configuration.confDir + "/../leader";
        await Deno.writeTextFile(file + ".new", JSON.stringify(leader));
        await Deno.rename(file + ".new", file);`,
      follow: `
        for (let seen = ""; !signal.aborted;) {
          const text = await Deno.readTextFile(configuration.confDir + "/../leader").catch(() => "");
          if (text !== "" && text !== seen) {
            const leader = JSON.parse(text);
            yield { ...leader, details: { ...leader.details, epoch: BigInt(leader.details.epoch) } };
          }
          seen = text;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return;`,
    }),
  });
}

const ON_CHANGE: [mode: string, pattern: RegExp][] = [
  [
    "restart",
    /start worker http:\/\/localhost:\d+ pid=\d+\n(.*\n)*start worker http:\/\/localhost:\d+ pid=/,
  ],
  ["signal", /start worker .*\n(.*\n)*reload\n/],
];

for (const [mode, pattern] of ON_CHANGE) {
  Deno.test(`a worker's command is told of another leader: ${mode}`, async () => {
    await using home = await workerHome(mode);
    const first = home.start("jobmanager");
    const worker = home.start("taskmanager");
    await written(home, /start worker http:\/\/localhost:\d+ pid=\d+\n/);
    await first.kill();
    home.start("jobmanager");
    await written(home, pattern);
    assert.equal((await worker.stop()).code, 0);
  });
}

Deno.test("a worker's command goes on under another leader where that is none of its business", async () => {
  await using home = await workerHome("none");
  const first = home.start("jobmanager");
  const worker = home.start("taskmanager");
  const pid = await pidOf(home);
  await first.kill();
  home.start("jobmanager");
  await says(worker, "the leader changed");
  assert.equal((await output(home)).match(/start worker/g)?.length, 1);
  assert.ok(isAlive(pid));
  assert.equal((await worker.stop()).code, 0);
  assert.ok(!isAlive(pid));
});
