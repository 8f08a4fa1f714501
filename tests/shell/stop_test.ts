import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { crash, Installation, isAlive, lines, startTimeOf, stranger } from "./installation.ts";

const host = hostname();

Deno.test("taskmanager.sh stop ends the one that was started last", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  const second = await installation.run("taskmanager.sh", ["start"]);
  assert.deepEqual(second.lines, [
    `[INFO] 1 instance(s) of taskexecutor are already running on ${host}.`,
    `Starting taskexecutor daemon on host ${host}.`,
  ]);
  const [first, last] = await installation.instances("taskexecutor");
  const outcome = await installation.run("taskmanager.sh", ["stop"]);
  assert.deepEqual(outcome, {
    code: 0,
    lines: [`Stopping taskexecutor daemon (pid: ${last!.pid}) on host ${host}.`],
    errors: "",
  });
  assert.ok(!await isAlive(last!.pid));
  assert.deepEqual(await installation.instances("taskexecutor"), [first]);
});

Deno.test("jobmanager.sh stop ends the one that is named", async () => {
  await using installation = await Installation.create();
  await installation.run("jobmanager.sh", ["start", "localhost", "8081"]);
  await installation.run("jobmanager.sh", ["start", "localhost", "8082"]);
  const [first, second] = await installation.instances("standalonesession");
  const outcome = await installation.run("jobmanager.sh", ["stop", "localhost", "8081"]);
  assert.deepEqual(outcome.lines, [
    `Stopping standalonesession daemon (pid: ${first!.pid}) on host localhost.`,
  ]);
  const again = await installation.run("jobmanager.sh", ["stop", "localhost", "8081"]);
  assert.deepEqual(again.lines, ["No standalonesession daemon to stop on host localhost."]);
  assert.deepEqual(await installation.instances("standalonesession"), [second]);
});

Deno.test("taskmanager.sh stop-all ends all and names those that had died", async () => {
  await using installation = await Installation.create();
  for (let count = 0; count < 3; count++) await installation.run("taskmanager.sh", ["start"]);
  const [first, second, third] = await installation.instances("taskexecutor");
  await crash(second!.pid);
  const outcome = await installation.run("taskmanager.sh", ["stop-all"]);
  assert.deepEqual(outcome, {
    code: 0,
    lines: [
      `Skipping taskexecutor daemon (pid: ${
        second!.pid
      }), because it is not running anymore on ${host}.`,
      `Stopping taskexecutor daemon (pid: ${third!.pid}) on host ${host}.`,
      `Stopping taskexecutor daemon (pid: ${first!.pid}) on host ${host}.`,
    ],
    errors: "",
  });
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("taskmanager.sh stop passes over one that has died", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  await installation.run("taskmanager.sh", ["start"]);
  const [first, last] = await installation.instances("taskexecutor");
  await crash(last!.pid);
  const outcome = await installation.run("taskmanager.sh", ["stop"]);
  assert.deepEqual(outcome.lines, [
    `No taskexecutor daemon (pid: ${last!.pid}) is running anymore on ${host}.`,
    `Stopping taskexecutor daemon (pid: ${first!.pid}) on host ${host}.`,
  ]);
  assert.ok(!await isAlive(first!.pid));
});

Deno.test("taskmanager.sh stop leaves a stranger alone that has the pid of a dead daemon", async () => {
  await using installation = await Installation.create();
  await using other = stranger();
  await installation.run("taskmanager.sh", ["start"]);
  const [worker] = await installation.instances("taskexecutor");
  const earlier = Number(await startTimeOf(other.pid)) - 1;
  await appendFile(
    await installation.pidFile("taskexecutor"),
    lines(`${other.pid}\t${earlier}\t1\tlocalhost`),
  );
  const { lines: printed } = await installation.run("taskmanager.sh", ["stop"]);
  assert.equal(
    printed.at(-1),
    `Stopping taskexecutor daemon (pid: ${worker!.pid}) on host ${host}.`,
  );
  assert.ok(await isAlive(other.pid));
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("taskmanager.sh stop passes over lines that are no instances", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  const [worker] = await installation.instances("taskexecutor");
  await appendFile(
    await installation.pidFile("taskexecutor"),
    lines(
      "",
      "1",
      "-1\t0\t0\tx",
      "$(touch made)\tx",
      "../self\t1\t1",
      "self\t1",
      "\t\t\t",
      "\x1b[2J",
    ) + "9",
  );
  const outcome = await installation.run("taskmanager.sh", ["stop"], { folder: installation.home });
  assert.equal(outcome.code, 0);
  assert.equal(outcome.errors, "");
  assert.equal(
    outcome.lines.at(-1),
    `Stopping taskexecutor daemon (pid: ${worker!.pid}) on host ${host}.`,
  );
  assert.ok(!outcome.lines.join("").includes("\x1b"));
  assert.deepEqual(await installation.files(installation.path("run")), []);
  assert.ok(!(await installation.files(installation.home)).includes("made"));
});

Deno.test("taskmanager.sh stop passes over a line that could be no name of a file", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  const file = await installation.pidFile("taskexecutor");
  await writeFile(file, `x\ty\t${"z".repeat(300)}\n${await readFile(file, "utf8")}`);
  const { code, errors } = await installation.run("taskmanager.sh", ["stop"]);
  assert.deepEqual([code, errors], [0, ""]);
  assert.ok(!await isAlive(parseInt((await installation.noted("daemons"))[0]!)));
});

Deno.test("taskmanager.sh stop finds its daemons whatever HOSTNAME says", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  const environment = { HOSTNAME: "elsewhere" };
  const { lines } = await installation.run("taskmanager.sh", ["stop"], { environment });
  assert.match(lines[0]!, /^Stopping taskexecutor daemon /);
});

Deno.test("taskmanager.sh stop kills a daemon that does not follow TERM", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"], {
    environment: { FAKE_DAEMON: "ignore-term" },
  });
  const [worker] = await installation.instances("taskexecutor");
  const outcome = await installation.run("taskmanager.sh", ["stop"], {
    environment: { MASTERD_STOP_TIMEOUT: "1" },
  });
  assert.equal(outcome.code, 0);
  assert.equal(
    outcome.lines[1],
    "Daemon taskexecutor didn't stop within 1 seconds. Killing it.",
  );
  assert.ok(!await isAlive(worker!.pid));
});

Deno.test("taskmanager.sh stop knows the daemons of its installation only", async () => {
  await using mine = await Installation.create();
  await using other = await Installation.create();
  const environment = { FLINK_PID_DIR: mine.path("shared") };
  for (const installation of [mine, other]) {
    await installation.answer({ "pid-dir": mine.path("shared") });
    await installation.run("taskmanager.sh", ["start"], { environment });
  }
  assert.equal((await mine.files(mine.path("shared"))).length, 2);
  await other.run("taskmanager.sh", ["stop"]);
  const again = await other.run("taskmanager.sh", ["stop"]);
  assert.deepEqual(again.lines, [`No taskexecutor daemon to stop on host ${host}.`]);
  assert.ok(await isAlive(parseInt((await mine.noted("daemons"))[0]!)));
  assert.ok(!await isAlive(parseInt((await other.noted("daemons"))[0]!)));
});

Deno.test("taskmanager.sh stop knows the daemons of its configuration only", async () => {
  await using installation = await Installation.create();
  const scriptEnv = await readFile(installation.path("conf", "answers", "script-env"), "utf8");
  await installation.answer({ "script-env": scriptEnv }, "second");
  const second = { environment: { MASTERD_CONF_DIR: installation.path("second") } };
  await installation.run("taskmanager.sh", ["start"]);
  const before = await installation.instances("taskexecutor");
  await installation.run("taskmanager.sh", ["start"], second);
  const { lines } = await installation.run("taskmanager.sh", ["stop-all"], second);
  assert.equal(lines.length, 1);
  assert.deepEqual(await installation.instances("taskexecutor"), before);
});

Deno.test("taskmanager.sh stop called several times at once ends one worker each", async () => {
  await using installation = await Installation.create();
  for (let count = 0; count < 3; count++) await installation.run("taskmanager.sh", ["start"]);
  const [first] = await installation.instances("taskexecutor");
  await Promise.all([1, 2].map(() => installation.run("taskmanager.sh", ["stop"])));
  assert.deepEqual(await installation.instances("taskexecutor"), [first]);
});

Deno.test("stop-cluster.sh stops those that stand by before the leader", async () => {
  await using installation = await Installation.create();
  const ports = [8081, 8082, 8083];
  const roles = ["standby", "standby", "leader"];
  await installation.answer({
    masters: lines(...ports.map((port) => `localhost\t${port}\tlocal\t-\t-`)),
    status: lines(...ports.map((port, index) => `localhost\t${port}\t${roles[index]}`)),
    workers: "",
  });
  await installation.run("start-cluster.sh");
  const pids = (await installation.instances("standalonesession")).toSorted((one, other) =>
    one.name < other.name ? -1 : 1
  ).map(({ pid }) => pid);
  const outcome = await installation.run("stop-cluster.sh");
  assert.deepEqual(outcome, {
    code: 0,
    lines: pids.map((pid) => `Stopping standalonesession daemon (pid: ${pid}) on host localhost.`),
    errors: "",
  });
});
