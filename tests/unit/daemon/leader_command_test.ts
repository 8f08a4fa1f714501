import assert from "node:assert/strict";
import { LeaderCommand } from "../../../src/daemon/leader_command.ts";
import { endCommand, FakeSystem } from "../workload/fake_guard.ts";
import { FakeLeadership, FakeServices, recordedLog } from "./fakes.ts";

const ADDRESS = { host: "localhost", webuiPort: 8081, rpcPort: 6123 };

/** A leader's command under fake guards. */
function leaderCommand() {
  const system = new FakeSystem();
  const log = recordedLog();
  const command = new LeaderCommand({
    command: {
      words: ["lead"],
      stopGraceMs: 0,
      logMaxBytes: 1000,
      restart: { initialDelayMs: 1, maxDelayMs: 1, attempts: 2, stableAfterMs: 60_000 },
      readyTimeoutMs: 1000,
      health: { intervalMs: 1000, timeoutMs: 1000, failures: 1 },
      coolDownMs: 1000,
    },
    confDir: "/conf",
    tickTimeMs: 2000,
    guard: ["guard"],
    logFile: "/log/command.log",
    logKept: 1,
    logger: log.logger,
    system,
  });
  const leadership = new FakeLeadership(new FakeServices(), 1n);
  const stop = new AbortController();
  return {
    system,
    log,
    command,
    leadership,
    stop,
    work: (ready: () => Promise<void>) =>
      command.work(leadership, ADDRESS, {
        ready,
        signal: stop.signal,
        sessionTimeoutMs: undefined,
      }),
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

Deno.test("LeaderCommand whose leader could not be made known is idle, not stopping for ever", async () => {
  await using own = leaderCommand();
  await assert.rejects(own.work(() => Promise.reject(new Error("no answer"))), /no answer/);
  assert.deepEqual(own.command.state.value, { kind: "idle" });
});

Deno.test("LeaderCommand keeps leadership while its command may live, but no longer than its lease", async () => {
  await using own = leaderCommand();
  const { system, leadership, stop, log } = own;
  const deadline = performance.now() + 300;
  leadership.renew(deadline);
  system.onSweep = () => Promise.resolve({ killed: 0, left: 1 });
  system.onOrder = (order, guard) => {
    if (order.kind === "run") guard.report({ kind: "started", pid: 42 });
    if (order.kind === "stop") endCommand(guard, { cause: "stop", leftovers: 1 });
  };
  const working = own.work(() => Promise.resolve(stop.abort()));
  await log.line(/leadership is kept: its command may live/);
  // Its heartbeat goes on, for the daemon lives.
  leadership.renew(Infinity);
  assert.deepEqual(await working, { kind: "ended" });
  assert.ok(performance.now() >= deadline);
  await log.line(/leadership is given up: its command may live/);
});

Deno.test("LeaderCommand keeps leadership until the last process of its command is killed", async () => {
  await using own = leaderCommand();
  const { system, stop, log } = own;
  let isGone = false;
  system.onSweep = () => Promise.resolve({ killed: 0, left: isGone ? 0 : 1 });
  system.onOrder = (order, guard) => {
    if (order.kind === "run") guard.report({ kind: "started", pid: 42 });
    if (order.kind === "stop") endCommand(guard, { cause: "stop", leftovers: 1 });
  };
  const working = own.work(() => Promise.resolve(stop.abort())).then(() => assert.ok(isGone));
  await log.line(/leadership is kept: its command may live/);
  isGone = true;
  await working;
});
