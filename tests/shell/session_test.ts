import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { until } from "../support/until.ts";
import {
  crash,
  Installation,
  isAlive,
  loginEnvironment,
  run,
  sessionOf,
  textLines,
} from "./installation.ts";

const MASTER = ["localhost", "8081"];

/** An installation whose one master runs, with the shell that watches it. */
async function started(environment: Record<string, string> = {}) {
  const installation = await Installation.create();
  await installation.run("jobmanager.sh", ["start", ...MASTER], { environment });
  const [master] = await installation.instances("standalonesession");
  return { installation, master: master!.pid, watch: master!.watch! };
}

async function sessionFile(installation: Installation): Promise<string> {
  const pidFile = await installation.pidFile("standalonesession");
  return pidFile.replace(/\.pid$/, "-localhost-8081.session");
}

async function logOf(installation: Installation): Promise<string[]> {
  const user = (await run("id", ["-un"])).lines[0];
  const name = `masterd-${user}-standalonesession-localhost-8081-${hostname()}.log`;
  return textLines(installation.path("log", name));
}

function untilGone(pid: number): Promise<boolean> {
  return until(() => isAlive(pid), (alive) => !alive);
}

/** Whether a process is the stand-in's release that hangs. */
async function isAsleep(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, "utf8")).startsWith("sleep\0");
}

function startInForeground(installation: Installation): Deno.ChildProcess {
  return new Deno.Command(installation.path("bin", "jobmanager.sh"), {
    args: ["start-foreground", ...MASTER],
    clearEnv: true,
    env: loginEnvironment(),
    stdout: "null",
    stderr: "null",
  }).spawn();
}

Deno.test("jobmanager.sh start tells the master where its session file is", async () => {
  const { installation } = await started();
  await using _ = installation;
  const environment = await installation.noted("environment");
  const expected = `MASTERD_SESSION_FILE=${await sessionFile(installation)}`;
  assert.ok(environment.includes(expected), environment.join("\n"));
});

Deno.test("a master that is killed has its session released at once, and that stands in its log", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  const file = await sessionFile(installation);
  await crash(master);
  await untilGone(watch);
  assert.deepEqual(await installation.noted("releases"), [`--session-file ${file}`]);
  assert.deepEqual(await logOf(installation), ["started", "releasing"]);
});

Deno.test("a master that ends in order has nothing to release", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  Deno.kill(master, "SIGTERM");
  await untilGone(watch);
  assert.deepEqual(await installation.noted("releases"), []);
});

Deno.test("jobmanager.sh stop returns when nothing is left of the master", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  await installation.run("jobmanager.sh", ["stop"]);
  for (const pid of [master, watch]) assert.ok(!await isAlive(pid));
  assert.deepEqual(await installation.noted("releases"), []);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("jobmanager.sh stop that has to kill the master has its session released", async () => {
  const { installation, watch } = await started({ FAKE_DAEMON: "ignore-term" });
  await using _ = installation;
  const environment = { MASTERD_STOP_TIMEOUT: "1" };
  const outcome = await installation.run("jobmanager.sh", ["stop"], { environment });
  assert.equal(outcome.code, 0);
  assert.ok(!await isAlive(watch));
  assert.equal((await installation.noted("releases")).length, 1);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("jobmanager.sh stop waits for a release no longer than it may", async () => {
  const { installation, master, watch } = await started({ FAKE_RELEASE: "hang" });
  await using _ = installation;
  await crash(master);
  const environment = { MASTERD_RELEASE_TIMEOUT: "1", FAKE_RELEASE: "fail" };
  const outcome = await installation.run("jobmanager.sh", ["stop"], { environment });
  assert.equal(outcome.code, 0);
  assert.match(
    outcome.errors,
    /^\[WARN\] The session of standalonesession daemon localhost-8081 is not released: see .*\.log\n$/,
  );
  assert.ok(!await isAlive(watch));
});

Deno.test("a master does not mind that its watch is killed, and the next start does its work", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  await crash(watch);
  assert.ok(await isAlive(master));
  await crash(master);
  assert.deepEqual(await installation.noted("releases"), []);
  const outcome = await installation.run("jobmanager.sh", ["start", ...MASTER]);
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.deepEqual(
    (await installation.noted("calls")).filter((call) => call !== "script-env"),
    ["jobmanager", "release", "jobmanager"],
  );
});

Deno.test("jobmanager.sh start releases a session of which no pid file tells", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  const file = await sessionFile(installation);
  await crash(watch);
  await crash(master);
  await Deno.remove(await installation.pidFile("standalonesession"));
  await installation.run("jobmanager.sh", ["start", ...MASTER]);
  assert.deepEqual(await installation.noted("releases"), [`--session-file ${file}`]);
});

Deno.test("jobmanager.sh start starts the master when the session cannot be released", async () => {
  await using installation = await Installation.create();
  await installation.run("jobmanager.sh", ["start", ...MASTER]);
  const file = await sessionFile(installation);
  await installation.run("jobmanager.sh", ["stop"]);
  await writeFile(file, "left behind");
  const outcome = await installation.run("jobmanager.sh", ["start", ...MASTER], {
    environment: { FAKE_RELEASE: "fail" },
  });
  assert.equal(outcome.code, 0);
  assert.match(outcome.errors, /^\[WARN\] The session of /);
  assert.equal((await installation.instances("standalonesession")).length, 1);
});

Deno.test("jobmanager.sh start of one that runs does not touch its session", async () => {
  const { installation } = await started();
  await using _ = installation;
  await installation.run("jobmanager.sh", ["start", ...MASTER]);
  assert.deepEqual(await installation.noted("releases"), []);
});

Deno.test("a release goes on while the system tells of each thread of the master that dies", async () => {
  const { installation, master, watch } = await started({ FAKE_RELEASE: "hang" });
  await using _ = installation;
  await crash(master);
  await until(() => installation.noted("releases"), (releases) => releases.length === 1);
  Deno.kill(watch, "SIGUSR1");
  await until(() => isAsleep(watch), (asleep) => asleep);
  Deno.kill(watch, "SIGKILL");
});

Deno.test("a master runs without a watch where setpriv cannot tell of its death", async () => {
  await using installation = await Installation.create();
  const old = installation.path("old");
  await mkdir(old);
  await writeFile(join(old, "setpriv"), "#!/bin/sh\necho unrecognized >&2\nexit 1\n", {
    mode: 0o755,
  });
  const environment = { PATH: `${old}:${Deno.env.get("PATH")}` };
  const outcome = await installation.run("jobmanager.sh", ["start", ...MASTER], { environment });
  assert.equal(outcome.code, 0);
  assert.ok((await logOf(installation)).includes("unrecognized"));
  const { lines } = await installation.run("jobmanager.sh", ["stop"]);
  assert.equal(lines.length, 1);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("the watch of a master has a session of its own, which no Ctrl-C reaches", async () => {
  const { installation, master, watch } = await started();
  await using _ = installation;
  assert.notEqual(await sessionOf(watch), await sessionOf(master));
});

Deno.test("a worker has no session file and no watch", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"]);
  const [worker] = await installation.instances("taskexecutor");
  assert.equal(worker!.watch, undefined);
});

for (const [signal, code, releases] of [["SIGTERM", 0, 0], ["SIGKILL", 137, 1]] as const) {
  Deno.test(`a master in the foreground ends by ${signal} as without a watch`, async () => {
    await using installation = await Installation.create();
    const process = startInForeground(installation);
    await until(() => installation.noted("environment"), (lines) => lines.length > 0);
    const [master] = await until(
      () => installation.instances("standalonesession"),
      (instances) => instances.length > 0,
    );
    assert.equal(master!.pid, process.pid);
    const file = await sessionFile(installation);
    await until(() => textLines(file), (lines) => lines.length > 0);
    process.kill(signal);
    assert.equal((await process.status).code, code);
    await untilGone(master!.watch!);
    assert.equal((await installation.noted("releases")).length, releases);
  });
}
