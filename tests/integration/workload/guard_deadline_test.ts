import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { until } from "../../support/until.ts";
import { alive, isAlive } from "./processes.ts";
import { TestGuard } from "./test_guard.ts";

const DEAF = "trap 'echo asked' TERM; echo ready=$$; while :; do sleep 0.05; done";

Deno.test("T18 the command is asked to end before its deadline, and dead soon after it", async () => {
  await using guard = await TestGuard.start();
  const deadline = await guard.later(900);
  await guard.run(DEAF, { deadline, stopGraceMs: 500 });
  await guard.pids("ready");
  await guard.report("expiring");
  const askedAt = await guard.later(0);
  assert.ok(askedAt >= deadline - 500);
  const { cause, signal } = await guard.report("ended");
  assert.deepEqual({ cause, signal }, { cause: "deadline", signal: "SIGKILL" });
  assert.match(await guard.output(/asked/), /asked/);
  assert.deepEqual(await guard.marked(), []);
});

Deno.test("a command that ends when its deadline comes near has ended for the deadline", async () => {
  await using guard = await TestGuard.start();
  const deadline = await guard.later(60_400);
  await guard.run("trap 'exit 4' TERM; echo ready=$$; while :; do sleep 0.05; done", {
    deadline,
    stopGraceMs: 60_000,
  });
  const { cause, code } = await guard.report("ended");
  assert.deepEqual({ cause, code }, { cause: "deadline", code: 4 });
});

Deno.test("T18 a stop with a longer grace than the lease ends at the deadline", async () => {
  await using guard = await TestGuard.start();
  await guard.run(DEAF, { deadline: await guard.later(1000) });
  await guard.pids("ready");
  await guard.order({ kind: "stop", graceMs: 3_600_000 });
  assert.equal((await guard.report("ended")).cause, "deadline");
});

Deno.test("a deadline that is extended in time does not end the command", async () => {
  await using guard = await TestGuard.start();
  const first = await guard.later(600);
  await guard.run("echo ready=$$; exec sleep 1000", { deadline: first });
  const [pid] = await guard.pids("ready");
  await guard.order({ kind: "deadline", deadline: first + 3_600_000 });
  await until(() => guard.later(0), (now) => now > first + 100);
  assert.ok(await isAlive(pid!));
  await guard.order({ kind: "deadline", deadline: null });
  await guard.order({ kind: "deadline", deadline: first });
  assert.equal((await guard.report("ended")).cause, "deadline");
});

Deno.test("a lease that leaves no time starts nothing, and is no fault of the command", async () => {
  await using guard = await TestGuard.start();
  await guard.run("echo started", { deadline: await guard.later(1000), stopGraceMs: 2000 });
  const { isPermanent } = await guard.report("not-started");
  assert.equal(isPermanent, false);
  await guard.ended;
  await assert.rejects(Deno.stat(guard.logFile), Deno.errors.NotFound);
});

Deno.test("T5 a guard that was frozen past the deadline kills first, whatever it was told meanwhile", async () => {
  await using guard = await TestGuard.start();
  const deadline = await guard.later(500);
  await guard.run(DEAF, { deadline, stopGraceMs: 100 });
  const pids = await guard.pids("ready");
  const frozenAt = performance.now();
  guard.signal("SIGSTOP");
  await guard.order({ kind: "deadline", deadline: deadline + 3_600_000 });
  await guard.order({ kind: "stop", graceMs: 3_600_000 });
  await delay(1000 - (performance.now() - frozenAt), { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(await alive(pids), pids);
  guard.signal("SIGCONT");
  const { cause, signal } = await guard.report("ended");
  assert.deepEqual({ cause, signal }, { cause: "deadline", signal: "SIGKILL" });
  assert.ok(guard.reports.every(({ kind }) => kind !== "expiring"));
  assert.doesNotMatch(await Deno.readTextFile(guard.logFile), /asked/);
});

Deno.test("T4 a frozen command is dead after its deadline", async () => {
  await using guard = await TestGuard.start();
  await guard.run("echo ready=$$; kill -STOP $$", { deadline: await guard.later(600) });
  const pids = await guard.pids("ready");
  assert.equal((await guard.report("ended")).cause, "deadline");
  assert.deepEqual(await alive(pids), []);
});
