import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  Installation,
  isAlive,
  loginEnvironment,
  run,
  startTimeOf,
  textLines,
} from "./installation.ts";

const host = hostname();

Deno.test("a daemon may hold as many files as the host allows", async () => {
  await using installation = await Installation.create();
  const script = installation.path("bin", "taskmanager.sh");
  await run("bash", ["-c", 'ulimit -S -n 100 && exec "$0" start', script]);
  const [limits] = await installation.noted("file-limits");
  const [soft, hard] = limits!.split(" ");
  assert.equal(soft, hard);
  assert.notEqual(hard, "100");
});

Deno.test("jobmanager.sh start hands host, port and further arguments on", async () => {
  await using installation = await Installation.create();
  const outcome = await installation.run("jobmanager.sh", ["start", "::1", "8081", "-D", "a=b c"]);
  assert.deepEqual(outcome.lines, ["Starting standalonesession daemon on host ::1."]);
  assert.deepEqual(await installation.noted("arguments"), [
    "jobmanager",
    "--configDir",
    installation.path("conf"),
    "--host",
    "::1",
    "--webui-port",
    "8081",
    "-D",
    "a=b c",
  ]);
});

Deno.test("jobmanager.sh start takes the form without host and port", async () => {
  await using installation = await Installation.create();
  const outcome = await installation.run("jobmanager.sh", ["start", "-D", "rest.port=9000"]);
  assert.deepEqual(outcome.lines, [`Starting standalonesession daemon on host ${host}.`]);
  assert.deepEqual((await installation.noted("arguments")).slice(3), ["-D", "rest.port=9000"]);
});

for (
  const [script, args, usage] of [
    ["jobmanager.sh", [], /^Usage: jobmanager\.sh \(\(start\|start-foreground\) \[host\]/],
    ["taskmanager.sh", ["begin"], /^Usage: taskmanager\.sh \(\(start\|start-foreground\)/],
    ["masterd-daemon.sh", ["stop", "x"], /^Unknown daemon 'x'\. Usage: masterd-daemon\.sh /],
    ["masterd-daemon.sh", ["x", "zookeeper"], /^Unexpected argument 'x'\. Usage: /],
    ["masterd-daemon.sh", ["start", "zookeeper"], /^No command to start\. Usage: /],
  ] as const
) {
  Deno.test(`${[script, ...args].join(" ")} prints the usage, whatever the configuration`, async () => {
    await using installation = await Installation.create();
    await installation.answer({ "script-env": null });
    const outcome = await installation.run(script, [...args]);
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, usage);
  });
}

Deno.test("jobmanager.sh start tells why a daemon has died, and leaves nothing behind", async () => {
  await using installation = await Installation.create();
  const outcome = await installation.run("jobmanager.sh", ["start", "localhost", "8081"], {
    environment: { FAKE_DAEMON: "die" },
  });
  assert.equal(outcome.code, 3);
  assert.match(
    outcome.errors,
    /^Error starting standalonesession daemon on host localhost: it ended with exit code 3\. .*\ncannot bind port 8081\n$/,
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("jobmanager.sh start ends a daemon that is not ready in time", async () => {
  await using installation = await Installation.create();
  const outcome = await installation.run("jobmanager.sh", ["start"], {
    environment: { FAKE_DAEMON: "never-ready", MASTERD_START_TIMEOUT: "1" },
  });
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /it was not ready within 1 seconds/);
  const [daemon] = await installation.noted("daemons");
  assert.ok(!await isAlive(parseInt(daemon!)));
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("jobmanager.sh start does not start the same master twice", async () => {
  await using installation = await Installation.create();
  await installation.run("jobmanager.sh", ["start", "localhost", "8081"]);
  const [master] = await installation.instances("standalonesession");
  const outcome = await installation.run("jobmanager.sh", ["start", "localhost", "8081"]);
  assert.deepEqual(outcome, {
    code: 0,
    lines: [
      "[INFO] 1 instance(s) of standalonesession are already running on localhost.",
      `[INFO] localhost-8081 is one of them (pid: ${master!.pid}): nothing started.`,
    ],
    errors: "",
  });
  assert.deepEqual(await installation.instances("standalonesession"), [master]);
});

Deno.test("jobmanager.sh start called several times at once starts one master", async () => {
  await using installation = await Installation.create();
  const outcomes = await Promise.all(
    [1, 2, 3, 4].map(() => installation.run("jobmanager.sh", ["start", "localhost", "8081"])),
  );
  assert.deepEqual(outcomes.map(({ code }) => code), [0, 0, 0, 0]);
  assert.equal((await installation.noted("daemons")).length, 1);
  assert.equal((await installation.instances("standalonesession")).length, 1);
});

Deno.test("taskmanager.sh start called several times at once gives each worker its number", async () => {
  await using installation = await Installation.create();
  await Promise.all([1, 2, 3, 4].map(() => installation.run("taskmanager.sh", ["start"])));
  const workers = await installation.instances("taskexecutor");
  assert.deepEqual(workers.map(({ name }) => name).sort(), ["0", "1", "2", "3"]);
  assert.equal(new Set(workers.map(({ pid }) => pid)).size, 4);
  for (const { pid, startTime } of workers) assert.equal(await startTimeOf(pid), startTime);
});

Deno.test("taskmanager.sh start keeps as many logs as configured", async () => {
  await using installation = await Installation.create();
  for (let count = 0; count < 4; count++) {
    await installation.run("taskmanager.sh", ["start"]);
    await installation.run("taskmanager.sh", ["stop"]);
  }
  const user = (await run("id", ["-un"])).lines[0];
  const log = `masterd-${user}-taskexecutor-0-${host}.log`;
  assert.deepEqual(await installation.files(installation.path("log")), [
    log,
    `${log}.1`,
    `${log}.2`,
  ]);
  assert.deepEqual(await textLines(installation.path("log", log)), ["started", "stopped"]);
});

Deno.test("FLINK_IDENT_STRING stands in the names of pid and log files", async () => {
  await using installation = await Installation.create();
  await installation.run("taskmanager.sh", ["start"], {
    environment: { FLINK_IDENT_STRING: "blue" },
  });
  const [pidFile] = await installation.files(installation.path("run"));
  assert.match(pidFile!, /^masterd-blue-[0-9a-f]{8}-taskexecutor\.pid$/);
  assert.deepEqual(await installation.files(installation.path("log")), [
    `masterd-blue-taskexecutor-0-${host}.log`,
  ]);
});

Deno.test("jobmanager.sh start-foreground becomes the master, which stop can end", async () => {
  await using installation = await Installation.create();
  const process = new Deno.Command(installation.path("bin", "jobmanager.sh"), {
    args: ["start-foreground", "localhost", "8081"],
    clearEnv: true,
    env: loginEnvironment(),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await errors.read()).value, "started\n");
  const [master] = await installation.instances("standalonesession");
  assert.equal(master!.pid, process.pid);
  const twice = await installation.run("jobmanager.sh", ["start-foreground", "localhost", "8081"]);
  assert.equal(twice.code, 1);
  const outcome = await installation.run("jobmanager.sh", ["stop"]);
  assert.deepEqual(outcome.lines, [
    `Stopping standalonesession daemon (pid: ${process.pid}) on host localhost.`,
  ]);
  assert.equal((await errors.read()).value, "stopped\n");
  assert.equal((await process.status).code, 0);
  assert.equal(
    await new Response(process.stdout).text(),
    "Starting standalonesession as a console application on host localhost.\n",
  );
  await errors.cancel();
});

Deno.test("a daemon gets nothing of the script that started it", async () => {
  await using installation = await Installation.create();
  await installation.run("start-cluster.sh");
  const [worker] = await installation.instances("taskexecutor");
  const stat = await readFile(`/proc/${worker!.pid}/stat`, "utf8");
  const [, , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  assert.equal(session, `${worker!.pid}`);
  assert.deepEqual(await installation.noted("working-folder"), [installation.home]);
  assert.ok(!(await installation.noted("open-files")).includes(installation.path("run")));
  const names = (await installation.noted("environment")).map((line) => line.split("=")[0]!);
  const ours = names.filter((name) => /^(MASTERD|FLINK)_/.test(name)).sort();
  assert.deepEqual(ours, ["MASTERD_BIN", "MASTERD_HOME", "MASTERD_READY_FILE"]);
});

Deno.test("taskmanager.sh start waits for another script no longer than it may", async () => {
  await using installation = await Installation.create();
  await mkdir(installation.path("run"));
  const holder = new Deno.Command("flock", {
    args: [installation.path("run"), "sh", "-c", "echo held; exec sleep 600"],
    stdout: "piped",
  }).spawn();
  try {
    const reader = holder.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    const outcome = await installation.run("taskmanager.sh", ["start"], {
      environment: { MASTERD_LOCK_TIMEOUT: "1" },
    });
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, /^\[ERROR\] Cannot lock .*\/run: another start or stop/);
    assert.deepEqual(await installation.noted("daemons"), []);
  } finally {
    await killChildren(holder.pid);
    await holder.output();
  }
});

Deno.test("taskmanager.sh start leaves nothing behind when the log cannot be rotated", async () => {
  await using installation = await Installation.create();
  const scriptEnv = await readFile(installation.path("conf", "answers", "script-env"), "utf8");
  await installation.answer({ "script-env": scriptEnv.replace("log_max\t2", "log_max\t1") });
  const user = (await run("id", ["-un"])).lines[0];
  const log = `masterd-${user}-taskexecutor-0-${host}.log`;
  await mkdir(installation.path("log", `${log}.1`, log), { recursive: true });
  await writeFile(installation.path("log", log), "earlier\n");
  const outcome = await installation.run("taskmanager.sh", ["start"]);
  assert.equal(outcome.code, 1);
  assert.deepEqual(outcome.lines, []);
  assert.match(outcome.errors, /^mv: cannot overwrite directory/);
  assert.deepEqual(await installation.noted("daemons"), []);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("taskmanager.sh start names flock when it is missing", async () => {
  await using installation = await Installation.create();
  const tools = installation.path("tools without flock");
  await mkdir(tools);
  for (
    const name of ["bash", "cat", "dirname", "id", "mkdir", "readlink", "realpath", "sha256sum"]
  ) {
    const { lines } = await run("which", [name]);
    await symlink(lines[0]!, join(tools, name));
  }
  const outcome = await installation.run("taskmanager.sh", ["start"], {
    environment: { PATH: tools },
  });
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    /^\[ERROR\] Cannot lock .*: flock is missing \(apt-get install util-linux\)/,
  );
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("taskmanager.sh start starts nothing when it cannot write the pid file", async () => {
  await using installation = await Installation.create();
  await writeFile(installation.path("run"), "");
  const outcome = await installation.run("taskmanager.sh", ["start"]);
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /cannot create directory/);
  assert.deepEqual(await installation.noted("daemons"), []);
});

Deno.test("MASTERD_BIN names the binary, from the working folder", async () => {
  await using installation = await Installation.create();
  await run("mv", [installation.path("masterd"), installation.path("other")]);
  const missing = await installation.run("taskmanager.sh", ["start"]);
  assert.equal(missing.code, 1);
  assert.match(missing.errors, /^\[ERROR\] No masterd binary: /);
  const wrong = await installation.run("taskmanager.sh", ["start"], {
    environment: { MASTERD_BIN: "./no" },
  });
  assert.match(wrong.errors, /^\[ERROR\] Cannot run the masterd binary .*\/no: it is missing/);
  const outcome = await installation.run("taskmanager.sh", ["start"], {
    environment: { MASTERD_BIN: "../other" },
    folder: installation.path("conf"),
  });
  assert.equal(outcome.code, 0);
  await installation.run("taskmanager.sh", ["stop"], {
    environment: { MASTERD_BIN: "../other" },
    folder: installation.path("conf"),
  });
  assert.ok(!await isAlive(parseInt((await installation.noted("daemons"))[0]!)));
});

async function killChildren(pid: number): Promise<void> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  for (const child of children.trim().split(" ")) Deno.kill(Number(child), "SIGKILL");
}
