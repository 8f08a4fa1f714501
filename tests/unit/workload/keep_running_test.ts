import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { CoolDown } from "../../../src/workload/cool_down.ts";
import {
  keepRunning,
  type KeepRunningEnd,
  type KeepRunningOptions,
} from "../../../src/workload/keep_running.ts";
import type { WorkloadState } from "../../../src/workload/workload_state.ts";
import { endCommand, FakeTerm, LIMIT, obey } from "./fake_guard.ts";
import { supervised } from "./supervised.ts";

const RESTART = { initialDelayMs: 1, maxDelayMs: 4, attempts: 3, stableAfterMs: 60_000 };
const HEALTH = {
  readyTimeoutMs: 60_000,
  intervalMs: 1,
  timeoutMs: 5000,
  failures: 3,
};

/** A command kept running under fake guards; the test sees its states. */
function kept(options: Partial<KeepRunningOptions> = {}) {
  const own = supervised();
  const stop = new AbortController();
  const states: WorkloadState[] = [];
  let onState: (state: WorkloadState) => void = () => {};
  const start = () =>
    keepRunning(own.supervisor, new FakeTerm(), {
      restart: RESTART,
      coolDown: new CoolDown(1000),
      onState: (state) => {
        states.push(state);
        onState(state);
      },
      logger: own.log.logger,
      signal: stop.signal,
      ...options,
    });
  return {
    ...own,
    states,
    stop,
    start,
    kinds: () => states.map(({ kind }) => kind),
    on: (listener: (state: WorkloadState) => void) => void (onState = listener),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

/** A server that accepts connections on the loopback interface until it is disposed of. */
function listening() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    target: { kind: "tcp", host: "127.0.0.1", port } as const,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
    },
  };
}

/** A question that is always answered with no. */
const NEVER = { kind: "command", words: ["false"] } as const;

function gaveUp(end: KeepRunningEnd): Extract<KeepRunningEnd, { kind: "gave-up" }> {
  assert.equal(end.kind, "gave-up");
  return end as Extract<KeepRunningEnd, { kind: "gave-up" }>;
}

Deno.test("keepRunning() stops the command in order when the signal aborts", async () => {
  await using own = kept();
  own.on(({ kind }) => kind === "running" && own.stop.abort());
  const end = await own.start();
  assert.equal(end.kind, "stopped");
  assert.equal(end.lastEnd?.cause, "stop");
  assert.deepEqual([...new Set(own.kinds())], ["starting", "running", "stopping", "idle"]);
});

Deno.test("keepRunning() starts nothing when the signal has aborted", async () => {
  await using own = kept();
  own.stop.abort();
  assert.deepEqual(await own.start(), { kind: "stopped", lastEnd: undefined });
  assert.deepEqual(own.kinds(), ["idle"]);
});

Deno.test("keepRunning() starts a command again that ended, though with exit code 0", async () => {
  await using own = kept();
  own.on((state) => {
    if (state.kind !== "running" || !state.isReady) return;
    if (state.restarts === 0) endCommand(own.system.guards[0]!, { code: 0 });
    else own.stop.abort();
  });
  await own.start();
  const waiting = own.states.find(({ kind }) => kind === "waiting");
  assert.deepEqual(waiting, {
    kind: "waiting",
    pauseMs: 1,
    restarts: 1,
    lastEnd: { cause: "exit", code: 0, signal: null, leftovers: 0, isGone: true },
  });
});

Deno.test("keepRunning() gives up a command that ends at once, again and again (T28)", async () => {
  await using own = kept();
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "run") return;
    guard.report({ kind: "started", pid: 42 });
    endCommand(guard, { code: 1 });
  };
  const end = gaveUp(await own.start());
  assert.deepEqual([end.reason, end.coolDownMs], ["crash-loop", 1000]);
  const pauses = own.states.flatMap((state) => state.kind === "waiting" ? [state.pauseMs] : []);
  assert.deepEqual(pauses, [1, 2]);
  assert.deepEqual(own.states.at(-1), {
    kind: "cooling-down",
    coolDownMs: 1000,
    reason: "crash-loop",
    lastEnd: { cause: "exit", code: 1, signal: null, leftovers: 0, isGone: true },
  });
  assert.match(await own.log.line(/gave up running the command/), /reason=crash-loop/);
});

Deno.test("keepRunning() cools down longer each time it gives up, until a run was stable (T28)", async () => {
  const coolDown = new CoolDown(1000);
  const options = { coolDown, restart: { ...RESTART, attempts: 1 } };
  const coolDowns: number[] = [];
  for (const stableAfterMs of [60_000, 60_000, 0, 60_000]) {
    await using own = kept({ ...options, restart: { ...options.restart, stableAfterMs } });
    own.system.onOrder = (order, guard) => {
      if (order.kind !== "run") return;
      guard.report({ kind: "started", pid: 42 });
      endCommand(guard, { code: 1 });
    };
    own.on(({ kind }) => kind === "waiting" && own.stop.abort());
    const end = await own.start();
    if (end.kind === "gave-up") coolDowns.push(end.coolDownMs);
  }
  assert.deepEqual(coolDowns, [1000, 2000, 1000]);
});

Deno.test("keepRunning() gives up at once a program that does not exist", async () => {
  await using own = kept();
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "run") return;
    guard.report({ kind: "not-started", error: "Cannot run serve: none", isPermanent: true });
    guard.end();
  };
  const end = gaveUp(await own.start());
  assert.deepEqual([end.reason, end.lastEnd], ["cannot-start", {
    cause: "not-started",
    error: "Cannot run serve: none",
    isGone: true,
  }]);
  await own.log.line(/could not start the command.*Cannot run serve: none/);
});

Deno.test("keepRunning() does not count an end by the deadline against the command", async () => {
  await using own = kept({ restart: { ...RESTART, attempts: 1 } });
  own.on((state) => {
    if (state.kind !== "running" || !state.isReady) return;
    if (state.restarts < 3) endCommand(own.system.guards.at(-1)!, { cause: "deadline" });
    else own.stop.abort();
  });
  assert.equal((await own.start()).kind, "stopped");
});

Deno.test("keepRunning() calls onReady only when the probe succeeds, and only once", async () => {
  await using server = listening();
  let readyCalls = 0;
  await using own = kept({
    health: { ...HEALTH, target: server.target, intervalMs: 60_000 },
    onReady: () => {
      readyCalls++;
      assert.deepEqual(own.states.at(-1)?.kind, "running");
      return Promise.resolve();
    },
  });
  own.on((state) => {
    if (state.kind !== "running" || !state.isReady) return;
    if (state.restarts === 0) endCommand(own.system.guards[0]!);
    else own.stop.abort();
  });
  await own.start();
  assert.equal(readyCalls, 1);
});

Deno.test("keepRunning() gives up a command that is not ready in time, and stops it (T12)", async () => {
  let readyCalls = 0;
  await using own = kept({
    health: { ...HEALTH, target: NEVER, readyTimeoutMs: 30 },
    onReady: () => Promise.resolve(void readyCalls++),
  });
  const end = gaveUp(await own.start());
  assert.deepEqual([end.reason, end.lastEnd.cause], ["not-ready", "stop"]);
  assert.equal(readyCalls, 0);
  await own.system.guards[0]!.order("stop");
  await own.log.line(/the command was not ready in time/);
});

Deno.test("keepRunning() hands over a command that is unhealthy, and stops it", async () => {
  const server = listening();
  await using own = kept({
    health: { ...HEALTH, target: server.target },
    onReady: () => server[Symbol.asyncDispose](),
  });
  const end = gaveUp(await own.start());
  assert.deepEqual([end.reason, end.lastEnd.cause], ["unhealthy", "stop"]);
  assert.match(await own.log.line(/did not prove healthy failed=3/), /refused/);
});

Deno.test("keepRunning() goes on when a probe fails now and then", async () => {
  const flag = await Deno.makeTempFile();
  // Fails each second time it is asked.
  const script = 'if [ -s "$0" ]; then : >"$0"; else echo asked >"$0"; exit 1; fi';
  await using own = kept({
    health: {
      ...HEALTH,
      failures: 2,
      target: { kind: "command", words: ["sh", "-c", script, flag] },
    },
  });
  const running = own.start();
  let failures = 0;
  while (failures < 6) {
    failures = own.log.lines.filter((line) => /did not prove healthy/.test(line)).length;
    await delay(1, LIMIT);
  }
  own.stop.abort();
  assert.equal((await running).kind, "stopped");
  await Deno.remove(flag);
});

Deno.test("keepRunning() ends at once when stopped while a probe hangs", async () => {
  await using own = kept({
    health: { ...HEALTH, target: { kind: "command", words: ["sleep", "1000"] }, timeoutMs: 60_000 },
  });
  own.on(({ kind }) => kind === "running" && own.stop.abort());
  assert.equal((await own.start()).kind, "stopped");
});

Deno.test("keepRunning() notices the end of a command whose probe hangs (T33)", async () => {
  await using own = kept({
    health: { ...HEALTH, target: { kind: "command", words: ["sleep", "1000"] }, timeoutMs: 60_000 },
    restart: { ...RESTART, attempts: 1 },
  });
  own.on(({ kind }) => kind === "running" && endCommand(own.system.guards[0]!, { code: 9 }));
  assert.equal(gaveUp(await own.start()).reason, "crash-loop");
});

Deno.test("keepRunning() stops the command when onReady fails, and rejects with its error", async () => {
  await using own = kept({ onReady: () => Promise.reject(new Error("cannot publish")) });
  await assert.rejects(own.start(), { message: "cannot publish" });
  await own.system.guards[0]!.order("stop");
});

Deno.test("keepRunning() ends at once when stopped during a pause", async () => {
  await using own = kept({ restart: { ...RESTART, initialDelayMs: 60_000, maxDelayMs: 60_000 } });
  own.on(({ kind }) => {
    if (kind === "running") endCommand(own.system.guards[0]!);
    if (kind === "waiting") own.stop.abort();
  });
  assert.equal((await own.start()).kind, "stopped");
});

Deno.test("keepRunning() ends at once when stopped while the command starts", async () => {
  await using own = kept();
  own.system.onOrder = (order, guard) => {
    if (order.kind === "run") own.stop.abort();
    obey(order, guard);
  };
  assert.equal((await own.start()).kind, "stopped");
});

Deno.test("keepRunning() never gives up where attempts are unlimited", async () => {
  await using own = kept({ restart: { ...RESTART, maxDelayMs: 1, attempts: Infinity } });
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "run") return;
    guard.report({ kind: "not-started", error: "Cannot run serve: none", isPermanent: true });
    guard.end();
  };
  own.on((state) => state.kind === "waiting" && state.restarts === 10 && own.stop.abort());
  assert.equal((await own.start()).kind, "stopped");
});
