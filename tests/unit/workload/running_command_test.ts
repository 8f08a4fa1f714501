import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { endCommand, FakeTerm, LIMIT, obey } from "./fake_guard.ts";
import { supervised } from "./supervised.ts";

const KILLED_BY_DAEMON = ["group 42 killed", "guard 0 killed", "swept /cgroup"];

Deno.test("ended tells how the command ended", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  endCommand(own.system.guards[0]!, { code: 3 });
  assert.deepEqual(await running.ended, {
    cause: "exit",
    code: 3,
    signal: null,
    leftovers: 0,
    isGone: true,
  });
  assert.deepEqual(await running.stop(), await running.ended);
  assert.match(await own.log.line(/command ended/), /cause=exit code=3 leftovers=0 isGone=true/);
});

Deno.test("signal() is passed on to the guard", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  running.signal("SIGHUP");
  assert.deepEqual(await own.system.guards[0]!.order("signal"), {
    kind: "signal",
    signal: "SIGHUP",
  });
});

Deno.test("stop() tells the guard the newest deadline, then the grace (T18)", async () => {
  await using own = supervised();
  const term = new FakeTerm(performance.now() + 60_000);
  const running = await own.supervisor.start(term, LIMIT);
  await running.stop(30_000);
  const kinds = own.system.guards[0]!.orders.map(({ kind }) => kind);
  assert.deepEqual(kinds.filter((kind) => kind !== "clock"), ["run", "deadline", "stop"]);
  assert.equal((await own.system.guards[0]!.order("stop")).graceMs, 30_000);
});

Deno.test("stop() settles only when the guard says that all is dead (T17)", async () => {
  await using own = supervised();
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "stop") obey(order, guard);
  };
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  let isDead = false;
  const stopped = running.stop(60_000).then(() => assert.ok(isDead));
  await own.system.guards[0]!.order("stop");
  isDead = true;
  endCommand(own.system.guards[0]!, { cause: "stop" });
  await stopped;
});

Deno.test("a command whose guard dies is killed by the daemon before it is said to have ended", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  own.system.onSweep = () => Promise.resolve({ killed: 3, left: 0 });
  own.system.guards[0]!.end();
  const end = await running.ended;
  assert.deepEqual([end.cause, end.leftovers, end.isGone], ["guard-died", 0, true]);
  assert.deepEqual(own.system.events.slice(0, 2), ["group 42 killed", "swept /cgroup"]);
  await own.supervisor.start(new FakeTerm(), LIMIT);
});

Deno.test("stop() ends although the guard is frozen: the daemon kills group, guard and leftovers", async () => {
  await using own = supervised();
  own.system.limits.questionIntervalMs = 3_600_000;
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  await own.system.guards[0]!.asked(5);
  own.system.limits.answerMs = 20;
  own.system.guards[0]!.isFrozen.set(true);
  const { cause } = await running.stop(1);
  assert.equal(cause, "guard-frozen");
  assert.deepEqual(own.system.events, ["group 42 killed", ...KILLED_BY_DAEMON]);
});

Deno.test("stop() with a long grace does not outlive the deadline although the guard is frozen (T18)", async () => {
  await using own = supervised();
  own.system.limits.questionIntervalMs = 3_600_000;
  const term = new FakeTerm(performance.now() + 60_000);
  const running = await own.supervisor.start(term, LIMIT);
  await own.system.guards[0]!.asked(5);
  own.system.guards[0]!.isFrozen.set(true);
  own.system.limits.answerMs = 20;
  term.renew(performance.now());
  assert.equal((await running.stop(3_600_000)).cause, "guard-frozen");
});

Deno.test("a frozen guard is noticed although nobody stops the command", async () => {
  await using own = supervised();
  own.system.limits.answerMs = 50;
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  own.system.guards[0]!.isFrozen.set(true);
  assert.equal((await running.ended).cause, "guard-frozen");
  assert.deepEqual(own.system.events.slice(0, 3), KILLED_BY_DAEMON);
});

Deno.test("one missed answer is no reason to kill: this process may have been frozen (T5)", async () => {
  await using own = supervised();
  own.system.limits.answerMs = 50;
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  const guard = own.system.guards[0]!;
  guard.answersQuestions = false;
  const asked = guard.orders.length;
  await guard.asked(asked);
  guard.answersQuestions = true;
  await guard.asked(asked + 3);
  endCommand(guard);
  assert.equal((await running.ended).cause, "exit");
});

Deno.test("ended says so when something of the command cannot be killed", async () => {
  const told: unknown[] = [];
  await using own = supervised({ onWorkload: (workload) => void told.push(workload) });
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  own.system.onSweep = () => Promise.resolve({ killed: 0, left: 1 });
  own.system.guards[0]!.end();
  assert.equal((await running.ended).isGone, false);
  await own.system.guard(1);
  assert.deepEqual(told.at(-1), { id: running.workloadId, cgroup: "/cgroup" });
  assert.match(await own.log.line(/processes of the command cannot be killed/), /left=1/);
});

Deno.test("ended says so when the guard could not kill all, and leaves it to go on", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  const guard = own.system.guards[0]!;
  own.system.limits.answerMs = 0;
  guard.report({ kind: "ended", code: 0, signal: null, cause: "exit", leftovers: 2 });
  assert.equal((await running.ended).isGone, false);
  await (await own.system.guard(1)).asked(1);
  // A kill of a guard that is done would be due by now.
  await delay(20, LIMIT);
  assert.deepEqual(own.system.events, []);
});

Deno.test("ended says so when the guard could not look for leftovers", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  const ended = { kind: "ended", code: 0, signal: null, cause: "exit" } as const;
  own.system.guards[0]!.report({ ...ended, leftovers: null });
  assert.equal((await running.ended).isGone, false);
});

Deno.test("ended says so when nobody could look for leftovers", async () => {
  await using own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  own.system.limits.sweepMs = 1;
  own.system.onSweep = () => new Promise(() => {});
  own.system.guards[0]!.end();
  assert.equal((await running.ended).isGone, false);
  await own.log.line(/could not look for processes of the command.*longer than 1 ms/);
});

Deno.test("start() rejects when the guard dies instead of starting the command, after a sweep", async () => {
  await using own = supervised();
  own.system.onOrder = (order, guard) => {
    if (order.kind === "run") guard.end();
  };
  await assert.rejects(own.supervisor.start(new FakeTerm(), LIMIT), {
    name: "CommandStartError",
    problem: "guard",
    isGone: true,
  });
  assert.ok(own.system.events.includes("swept /cgroup"));
});
