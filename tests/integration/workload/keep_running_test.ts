import assert from "node:assert/strict";
import { CoolDown } from "../../../src/workload/cool_down.ts";
import type { HealthOptions } from "../../../src/workload/health.ts";
import { keepRunning, type KeepRunningOptions } from "../../../src/workload/keep_running.ts";
import type { WorkloadState } from "../../../src/workload/workload_state.ts";
import { alive } from "./processes.ts";
import { SupervisedHost, TestTerm } from "./supervised_host.ts";

const RESTART = { initialDelayMs: 10, maxDelayMs: 40, attempts: 3, stableAfterMs: 60_000 };

/** Well for as long as the file is there. */
function wellWhile(file: string): HealthOptions {
  return {
    target: { kind: "command", words: ["test", "-e", file] },
    readyTimeoutMs: 20_000,
    intervalMs: 20,
    timeoutMs: 10_000,
    failures: 3,
  };
}

function keep(host: SupervisedHost, options: Partial<KeepRunningOptions> = {}) {
  const states: WorkloadState[] = [];
  const end = keepRunning(host.supervisor, new TestTerm(), {
    restart: RESTART,
    coolDown: new CoolDown(1000),
    onState: (state) => void states.push(state),
    logger: host.logger,
    signal: new AbortController().signal,
    ...options,
  });
  return { states, end };
}

Deno.test("keepRunning() gives up a command that ends at once, after growing pauses (T28)", async () => {
  await using host = await SupervisedHost.start({ command: "exit 3" });
  const { states, end } = keep(host);
  assert.deepEqual(await end, {
    kind: "gave-up",
    reason: "crash-loop",
    coolDownMs: 1000,
    lastEnd: { cause: "exit", code: 3, signal: null, leftovers: 0, isGone: true },
  });
  const pauses = states.flatMap((state) => state.kind === "waiting" ? [state.pauseMs] : []);
  assert.deepEqual(pauses, [10, 20]);
  assert.equal(host.workloadIds.size, 3);
});

Deno.test("keepRunning() gives up at once a program that does not exist", async () => {
  await using host = await SupervisedHost.start({ command: ["/no/such/program"] });
  const end = await keep(host).end;
  assert.equal(end.kind === "gave-up" && end.reason, "cannot-start");
  assert.equal(host.workloadIds.size, 1);
  assert.match(host.lines.join(""), /could not start the command.*\/no\/such\/program/);
});

Deno.test("keepRunning() announces a leader only when its command is ready, and hands over when it is unhealthy", async () => {
  await using host = await SupervisedHost.start({
    command: 'echo "self=$$"; sleep 0.2; echo yes >"$1/well"; exec sleep 1000',
  });
  const file = `${host.folder}/well`;
  const { end } = keep(host, {
    health: wellWhile(file),
    // Fails if the file is not there yet.
    onReady: () => Deno.remove(file),
  });
  const [self] = await host.numbers("self");
  const { kind, ...rest } = await end;
  assert.deepEqual(await alive([self!]), []);
  assert.deepEqual([kind, rest.lastEnd?.cause], ["gave-up", "stop"]);
  assert.equal("reason" in rest && rest.reason, "unhealthy");
});

Deno.test("keepRunning() gives up a command that is not ready in time, and it is dead then (T12)", async () => {
  await using host = await SupervisedHost.start({ command: "exec sleep 1000" });
  const health = { ...wellWhile("/no/such/file"), readyTimeoutMs: 100 };
  const { states, end } = keep(host, {
    health,
    onReady: () => Promise.reject(new Error("Nobody is ready")),
  });
  const { kind, ...rest } = await end;
  assert.equal("reason" in rest && rest.reason, "not-ready");
  assert.equal(kind, "gave-up");
  const running = states.find((state) => state.kind === "running");
  assert.deepEqual(await alive([running!.pid]), []);
});

Deno.test("keepRunning() has stopped the command when the signal made it end (T17)", async () => {
  await using host = await SupervisedHost.start({
    command: 'trap "" TERM; echo "self=$$"; while :; do sleep 1000; done',
    stopGraceMs: 200,
  });
  const stop = new AbortController();
  const { states, end } = keep(host, { signal: stop.signal });
  const [self] = await host.numbers("self");
  stop.abort();
  const { kind } = await end;
  assert.deepEqual(await alive([self!]), []);
  assert.equal(kind, "stopped");
  assert.equal(states.at(-1)?.kind, "idle");
});

Deno.test("keepRunning() starts the command again when its guard was killed", async () => {
  await using host = await SupervisedHost.start({ command: "exec sleep 1000" });
  const stop = new AbortController();
  const pids: number[] = [];
  const { end } = keep(host, {
    signal: stop.signal,
    onState: (state) => {
      if (state.kind !== "running" || !state.isReady) return;
      pids.push(state.pid);
      if (pids.length === 1) Deno.kill(host.guardPids[0]!, "SIGKILL");
      else stop.abort();
    },
  });
  assert.equal((await end).kind, "stopped");
  assert.equal(pids.length, 2);
  assert.deepEqual(await alive(pids), []);
});
