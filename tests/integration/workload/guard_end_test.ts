import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { alive } from "./processes.ts";
import { TestGuard } from "./test_guard.ts";

Deno.test("a guard reports how its command ended by itself, and ends with it", async () => {
  const ends = [
    ["exit 0", 0, null],
    ["exit 3", 3, null],
    ["kill -TERM $$", null, "SIGTERM"],
    ["kill -KILL $$", null, "SIGKILL"],
  ] as const;
  for (const [script, code, signal] of ends) {
    await using guard = await TestGuard.start();
    await guard.run(script);
    const end = { kind: "ended", code, signal, cause: "exit", leftovers: 0 } as const;
    assert.deepEqual(await guard.report("ended"), end);
    assert.equal((await guard.ended).code, 0);
    assert.deepEqual(guard.reports.map(({ kind }) => kind), ["ready", "started", "ended"]);
  }
});

Deno.test("a guard says why a command cannot be run, and that trying again is of no use", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/text`, "no program");
  const commands = [
    [["no-such-program"], /^Cannot run no-such-program: no folder of PATH/],
    [["/no/such/program"], /^Cannot run \/no\/such\/program: there is no such file/],
    [[`${folder}/text`], /: it is no file that this user may execute$/],
    [[folder], /: it is no file that this user may execute$/],
  ] as const;
  for (const [command, error] of commands) {
    await using guard = await TestGuard.start();
    await guard.run(command);
    const report = await guard.report("not-started");
    assert.match(report.error, error);
    assert.ok(report.isPermanent);
    assert.equal((await guard.ended).code, 0);
  }
  await using guard = await TestGuard.start();
  await guard.run("exit 0", { cwd: `${folder}/nowhere` });
  assert.match((await guard.report("not-started")).error, /nowhere: there is no such folder$/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a guard hands over the words of the command as they are", async () => {
  await using guard = await TestGuard.start();
  const words = ["a b", "$HOME", "", "'\"", "*", "-c", "a=b", "line\nend"];
  await guard.run(["printf", "<%s>", ...words]);
  await guard.report("ended");
  await guard.ended;
  assert.equal(
    await Deno.readTextFile(guard.logFile),
    words.map((word) => `<${word}>`).join(""),
  );
});

Deno.test("a command gets its environment without what was meant for the daemon", async () => {
  const meantForDaemon = {
    NOTIFY_SOCKET: "/no/socket",
    WATCHDOG_USEC: "1",
    WATCHDOG_PID: "1",
    MASTERD_READY_FILE: "/no/ready",
    MASTERD_SESSION_FILE: "/no/session",
  };
  await using guard = await TestGuard.start({
    environment: { ...meantForDaemon, KEPT: "1", "no.name-in.shell": "2" },
  });
  await guard.run(["env"], { environment: { MASTERD_EPOCH: "17" } });
  await guard.ended;
  const names = await Deno.readTextFile(guard.logFile);
  for (const name of Object.keys(meantForDaemon)) {
    assert.doesNotMatch(names, new RegExp(`^${name}=`, "m"));
  }
  assert.match(names, /^KEPT=1$/m);
  assert.match(names, /^no\.name-in\.shell=2$/m);
  assert.match(names, /^MASTERD_EPOCH=17$/m);
  assert.match(names, new RegExp(`^MASTERD_WORKLOAD_ID=${guard.id}$`, "m"));
});

Deno.test("stop asks the whole process group to end, a stopped process too", async () => {
  await using guard = await TestGuard.start();
  await guard.run(`
    trap 'echo asked; wait; exit 5' TERM
    sh -c 'echo child=$$; kill -STOP $$; exec sleep 1000' &
    echo ready=$$
    wait
  `);
  const [child] = await guard.pids("child", "ready");
  await until(() => Deno.readTextFile(`/proc/${child}/stat`), (stat) => stat.includes(") T "));
  await guard.order({ kind: "stop", graceMs: 60_000 });
  const ended = await guard.report("ended");
  assert.deepEqual(ended, { kind: "ended", code: 5, signal: null, cause: "stop", leftovers: 0 });
  assert.match(await guard.output(/asked/), /asked/);
});

Deno.test("T17 stop kills a command that ignores TERM when the grace is over, not before", async () => {
  await using guard = await TestGuard.start();
  await guard.run("trap 'echo asked' TERM; echo ready=$$; while :; do sleep 0.05; done");
  const pids = await guard.pids("ready");
  const orderedAt = performance.now();
  await guard.order({ kind: "stop", graceMs: 400 });
  await guard.output(/asked/);
  assert.deepEqual(await alive(pids), pids);
  const ended = await guard.report("ended");
  assert.ok(performance.now() - orderedAt >= 400);
  assert.equal(ended.signal, "SIGKILL");
  assert.equal(ended.cause, "stop");
  assert.deepEqual(await alive(pids), []);
});

Deno.test("T16 what a command leaves behind when it ends by itself is killed", async () => {
  await using guard = await TestGuard.start();
  await guard.run(`
    sleep 1000 & echo group=$!
    setsid sleep 1000 & echo session=$!
    (setsid sh -c 'sleep 1000 & echo forked=$!' &)
    sleep 0.2
  `);
  const pids = await guard.pids("group", "session", "forked");
  await guard.report("ended");
  assert.deepEqual(await alive(pids), []);
  assert.deepEqual(await guard.marked(), []);
});

Deno.test("the order signal reaches the command alone", async () => {
  await using guard = await TestGuard.start();
  await guard.run(`
    sh -c 'trap "echo wrong" USR1; echo child=$$; while :; do sleep 0.05; done' &
    trap 'echo right; exit 0' USR1
    echo ready=$$
    while :; do sleep 0.05; done
  `);
  await guard.pids("child", "ready");
  await guard.order({ kind: "signal", signal: "SIGNONE" });
  await guard.order({ kind: "signal", signal: "SIGUSR1" });
  assert.equal((await guard.report("ended")).code, 0);
  assert.doesNotMatch(await guard.output(/right/), /wrong/);
});

Deno.test("a guard ignores the signals that a service manager sends to all of a unit", async () => {
  await using guard = await TestGuard.start();
  await guard.run("echo ready=$$; exec sleep 1000");
  const pids = await guard.pids("ready");
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) guard.signal(name);
  await guard.order({ kind: "clock", id: 7 });
  assert.equal((await guard.report("clock")).id, 7);
  assert.deepEqual(await alive(pids), pids);
});

Deno.test("a guard says what it does not understand, and goes on", async () => {
  await using guard = await TestGuard.start();
  await guard.say("nonsense\n");
  await guard.run("exit 0");
  await guard.order({ kind: "stop", graceMs: 0 });
  await guard.ended;
  assert.match(await guard.errors, /cannot follow an order .*nonsense/);
});
