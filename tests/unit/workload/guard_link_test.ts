import assert from "node:assert/strict";
import { GuardLink } from "../../../src/workload/guard_link.ts";
import type { CommandReport } from "../../../src/workload/guard_link.ts";
import { CLOCK_AHEAD_MS, FakeSystem, LIMIT } from "./fake_guard.ts";
import { aborted } from "../../../src/async/abortable.ts";

const { signal } = LIMIT;

function openLink(options: { now?: () => number } = {}) {
  const system = new FakeSystem();
  const guard = system.spawn();
  const link = new GuardLink(guard, options);
  return {
    system,
    guard,
    link,
    async [Symbol.asyncDispose]() {
      guard.end();
      await link.over;
    },
  };
}

Deno.test("GuardLink turns a deadline into the guard's clock, never too late", async () => {
  await using open = openLink();
  await open.link.askClock({ limitMs: 5000, signal });
  const now = performance.now();
  const guardTime = open.link.toGuardTime(now)!;
  assert.ok(guardTime <= now + CLOCK_AHEAD_MS);
  assert.ok(guardTime > now + CLOCK_AHEAD_MS - 5000);
});

Deno.test("GuardLink takes the best of several answers", async () => {
  // The longer an answer takes, the slower the guard's clock seems.
  let lateMs = 0;
  await using open = openLink({ now: () => performance.now() + lateMs });
  for (lateMs of [50_000, 0, 90_000]) await open.link.askClock({ limitMs: 5000, signal });
  assert.ok(open.link.toGuardTime(0)! > CLOCK_AHEAD_MS - 50_000);
});

Deno.test("GuardLink says null for no deadline, and the guard's beginning for one long past", async () => {
  await using open = openLink();
  await open.link.askClock({ limitMs: 5000, signal });
  assert.equal(open.link.toGuardTime(Infinity), null);
  assert.equal(open.link.toGuardTime(-Infinity), 0);
  assert.equal(open.link.toGuardTime(NaN), 0);
});

Deno.test("GuardLink does not wait for ever for an answer (T19)", async () => {
  await using open = openLink();
  open.guard.isFrozen.set(true);
  await assert.rejects(open.link.askClock({ limitMs: 1, signal }), { name: "TimeoutError" });
  const stop = new AbortController();
  const asked = open.link.askClock({ limitMs: 60_000, signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(asked, { message: "enough" });
});

Deno.test("GuardLink tells of the guard's end after all it said", async () => {
  await using open = openLink();
  const reports: CommandReport[] = [];
  open.link.listen((report) => {
    assert.equal(open.link.gone.aborted, false);
    reports.push(report);
  });
  open.guard.report({ kind: "started", pid: 7 });
  open.guard.end();
  await aborted(open.link.gone);
  assert.deepEqual(reports, [{ kind: "started", pid: 7 }]);
  await assert.rejects(open.link.askClock({ limitMs: 5000, signal }), /The guard process ended/);
  open.link.send({ kind: "stop", graceMs: 0 });
});

Deno.test("GuardLink does not wait for a pipe that another process keeps open", async () => {
  await using open = openLink();
  open.guard.end({ closesPipe: false });
  await aborted(open.link.gone);
});

for (const line of ["no JSON\n", '{"kind":"started","pid":"seven"}\n', '{"kind":"sung"}\n']) {
  Deno.test(`GuardLink kills a guard that says ${line.trim()}`, async () => {
    await using open = openLink();
    open.guard.write(line);
    await aborted(open.link.gone);
    assert.match(String(open.link.gone.reason), /The guard process is not understood/);
    await open.link.over;
    assert.deepEqual(open.system.events, ["guard 0 killed"]);
  });
}
