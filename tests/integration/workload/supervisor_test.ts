import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { CommandStartError } from "../../../src/workload/command_end.ts";
import { ProcessGroup } from "../../../src/workload/process_group.ts";
import { alive } from "./processes.ts";
import { SupervisedHost, TestTerm } from "./supervised_host.ts";

const LIMIT = { signal: new AbortController().signal };

/** Says who it is, and never ends by itself. */
const SERVE = 'echo "self=$$"; while :; do sleep 1000; done';
/** Says who it is, and pays no attention to SIGTERM. */
const STUBBORN = `trap "" TERM; ${SERVE}`;
/** Leaves a process in a session of its own that pays no attention to SIGTERM. */
const FORKS_AWAY =
  'setsid sh -c "trap \\"\\" TERM; echo away=\\$\\$; while :; do sleep 1000; done" &' +
  SERVE;

Deno.test("start() runs the command with its environment, and stop() ends it", async () => {
  await using host = await SupervisedHost.start({
    command: 'echo "epoch=$MASTERD_EPOCH"; exec sleep 1000',
  });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  assert.deepEqual(await host.numbers("epoch"), [7]);
  assert.deepEqual(await alive([running.pid]), [running.pid]);
  const end = await running.stop();
  assert.deepEqual(end, {
    cause: "stop",
    code: null,
    signal: "SIGTERM",
    leftovers: 0,
    isGone: true,
  });
  assert.deepEqual(await alive([running.pid]), []);
});

Deno.test("stop() of a command that ignores SIGTERM settles only when all is dead (T17)", async () => {
  await using host = await SupervisedHost.start({ command: STUBBORN, stopGraceMs: 300 });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const [self] = await host.numbers("self");
  const end = await running.stop();
  assert.deepEqual(await alive([self!]), []);
  assert.deepEqual(await host.marked(), []);
  assert.deepEqual([end.cause, end.signal], ["stop", "SIGKILL"]);
});

Deno.test("stop() kills what has left the group as well (T16)", async () => {
  await using host = await SupervisedHost.start({ command: FORKS_AWAY });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const pids = await host.numbers("self", "away");
  const end = await running.stop();
  assert.deepEqual(await alive(pids), []);
  assert.deepEqual(await host.marked(), []);
  assert.equal(end.isGone, true);
});

Deno.test("stop() ends a command that floods its output", async () => {
  await using host = await SupervisedHost.start({ command: "exec yes flood" });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  await until(() => Deno.stat(`${host.logFile}.1`), ({ size }) => size > 0);
  assert.equal((await running.stop()).signal, "SIGTERM");
  for await (const { name } of Deno.readDir(host.folder)) {
    assert.ok((await Deno.stat(`${host.folder}/${name}`)).size < 1_000_000);
  }
});

Deno.test("ended tells the exit code of a command that ends at once", async () => {
  await using host = await SupervisedHost.start({ command: "exit 3" });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const { cause, code } = await running.ended;
  assert.deepEqual([cause, code], ["exit", 3]);
});

Deno.test("start() says what is wrong with a program, and that it will stay so", async () => {
  for (const program of ["/no/such/program", "no-such-program", "/etc/passwd"]) {
    await using host = await SupervisedHost.start({ command: [program] });
    const error = await host.supervisor.start(new TestTerm(), LIMIT).catch((error) => error);
    assert.ok(error instanceof CommandStartError);
    assert.match(error.message, new RegExp(`Cannot run ${program}`));
    assert.deepEqual([error.isPermanent, error.problem], [true, "command"]);
  }
});

Deno.test("a command killed by hand is noticed (T33)", async () => {
  await using host = await SupervisedHost.start({ command: SERVE });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  Deno.kill(running.pid, "SIGKILL");
  const { cause, signal } = await running.ended;
  assert.deepEqual([cause, signal], ["exit", "SIGKILL"]);
  assert.deepEqual(await host.marked(), []);
  // A pid is a stranger's as soon as its process has ended.
  running.signal("SIGHUP");
  assert.equal((await running.stop()).cause, "exit");
});

Deno.test("signal() reaches the command", async () => {
  await using host = await SupervisedHost.start({
    command: 'trap "echo hup=1" HUP; echo ready=1; while :; do sleep 0.02; done',
  });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  await host.numbers("ready");
  running.signal("SIGHUP");
  await host.numbers("hup");
});

Deno.test("the command is dead by its deadline, though nobody says a word (T4)", async () => {
  await using host = await SupervisedHost.start({ command: STUBBORN, stopGraceMs: 0 });
  const term = new TestTerm(performance.now() + 1500);
  const running = await host.supervisor.start(term, LIMIT);
  const [self] = await host.numbers("self");
  const { cause } = await running.ended;
  assert.deepEqual(await alive([self!]), []);
  assert.equal(cause, "deadline");
});

Deno.test("a renewed deadline lets the command run on", async () => {
  await using host = await SupervisedHost.start({ command: SERVE, stopGraceMs: 0 });
  const first = performance.now() + 1500;
  const term = new TestTerm(first);
  const running = await host.supervisor.start(term, LIMIT);
  term.renew(Infinity);
  await until(() => performance.now(), (now) => now > first + 200);
  assert.deepEqual(await alive([running.pid]), [running.pid]);
});

Deno.test("a command whose guard is killed is dead before it is said to have ended (T20)", async () => {
  await using host = await SupervisedHost.start({ command: FORKS_AWAY });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const pids = await host.numbers("self", "away");
  Deno.kill(host.guardPids[0]!, "SIGKILL");
  const end = await running.ended;
  assert.deepEqual(await alive(pids), []);
  assert.deepEqual(await host.marked(), []);
  assert.deepEqual([end.cause, end.isGone], ["guard-died", true]);
});

Deno.test("stop() ends, and the command is dead, although the guard is frozen", async () => {
  await using host = await SupervisedHost.start({
    command: FORKS_AWAY,
    limits: { answerMs: 1000 },
  });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const pids = await host.numbers("self", "away");
  Deno.kill(host.guardPids[0]!, "SIGSTOP");
  const end = await running.stop(100);
  assert.deepEqual(await alive(pids), []);
  assert.deepEqual(await host.marked(), []);
  assert.deepEqual([end.cause, end.isGone], ["guard-frozen", true]);
  assert.deepEqual(await alive([host.guardPids[0]!]), []);
});

Deno.test("a frozen guard is noticed and replaced", async () => {
  await using host = await SupervisedHost.start({
    command: SERVE,
    limits: { answerMs: 500, questionIntervalMs: 50 },
  });
  const running = await host.supervisor.start(new TestTerm(), LIMIT);
  const [self] = await host.numbers("self");
  Deno.kill(host.guardPids[0]!, "SIGSTOP");
  assert.equal((await running.ended).cause, "guard-frozen");
  assert.deepEqual(await alive([self!]), []);
  await host.supervisor.start(new TestTerm(), LIMIT);
});

Deno.test("closing the supervisor leaves no process behind", async () => {
  const host = await SupervisedHost.start({ command: FORKS_AWAY });
  await host.supervisor.start(new TestTerm(), LIMIT);
  const pids = await host.numbers("self", "away");
  await host.supervisor[Symbol.asyncDispose]();
  assert.deepEqual(await alive([...pids, ...host.guardPids]), []);
  await host[Symbol.asyncDispose]();
});

/** A process in a group of its own. */
function sleeper() {
  const child = new Deno.Command("sleep", { args: ["1000"], detached: true }).spawn();
  return {
    pid: child.pid,
    status: child.status,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    },
  };
}

Deno.test("ProcessGroup kills the group that it was opened for", async () => {
  await using host = await SupervisedHost.start({ command: SERVE });
  await using process = sleeper();
  await new ProcessGroup(process.pid).kill(host.logger);
  assert.equal((await process.status).signal, "SIGKILL");
});

Deno.test("ProcessGroup does not kill a stranger that got the number meanwhile (T33)", async () => {
  await using host = await SupervisedHost.start({ command: SERVE });
  await using process = sleeper();
  for (const then of ["1", "gone"] as const) {
    const times = [then, "2"] as const;
    let reads = 0;
    await new ProcessGroup(process.pid, () => Promise.resolve(times[reads++]!)).kill(host.logger);
    assert.equal(reads, 2);
  }
  assert.deepEqual(await alive([process.pid]), [process.pid]);
});
