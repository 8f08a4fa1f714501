import assert from "node:assert/strict";
import { CommandStartError } from "../../../src/workload/command_end.ts";
import { until } from "../../support/until.ts";
import { CLOCK_AHEAD_MS, endCommand, FakeTerm, LIMIT, obey } from "./fake_guard.ts";
import { supervised } from "./supervised.ts";

Deno.test("Supervisor has a guard ready before a command is to start", async () => {
  await using own = supervised();
  const guard = await own.system.guard(0);
  await guard.asked(3);
  assert.ok(guard.orders.every(({ kind }) => kind === "clock"));
});

Deno.test("start() tells the guard what to run and until when", async () => {
  await using own = supervised();
  const deadline = performance.now() + 60_000;
  const running = await own.supervisor.start(new FakeTerm(deadline), LIMIT);
  assert.equal(running.pid, 42);
  const order = await own.system.guards[0]!.order("run");
  assert.deepEqual({ ...order, deadline: null }, {
    kind: "run",
    command: ["serve", "--now"],
    environment: { MASTERD_EPOCH: "7" },
    deadline: null,
    stopGraceMs: 0,
    logFile: "/log/command.out",
    logMaxBytes: 1000,
    logKept: 3,
  });
  assert.ok(order.deadline! <= deadline + CLOCK_AHEAD_MS);
  assert.ok(order.deadline! > performance.now() + CLOCK_AHEAD_MS);
});

Deno.test("start() passes a deadline on each time it moves, until the command has ended", async () => {
  await using own = supervised();
  const term = new FakeTerm(performance.now() + 60_000);
  const running = await own.supervisor.start(term, LIMIT);
  term.renew(Infinity);
  const guard = own.system.guards[0]!;
  assert.deepEqual(await guard.order("deadline"), { kind: "deadline", deadline: null });
  endCommand(guard);
  await running.ended;
  await own.system.guard(1);
  assert.equal(term.listeners.size, 0);
});

Deno.test("start() starts nothing once the deadline has passed", async () => {
  await using own = supervised();
  await assert.rejects(own.supervisor.start(new FakeTerm(performance.now()), LIMIT), {
    name: "CommandStartError",
    message: "Cannot start the command: its deadline has passed",
    problem: "deadline",
    isPermanent: false,
  });
  assert.ok(own.system.guards[0]!.orders.every(({ kind }) => kind === "clock"));
});

Deno.test("start() rejects with what the guard says of a command that cannot start", async () => {
  await using own = supervised();
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "run") return;
    guard.report({ kind: "not-started", error: "Cannot run serve: none", isPermanent: true });
    guard.end();
  };
  const error = await own.supervisor.start(new FakeTerm(), LIMIT).catch((error) => error);
  assert.ok(error instanceof CommandStartError);
  assert.equal(error.message, "Cannot run serve: none");
  assert.deepEqual([error.problem, error.isPermanent, error.isGone], ["command", true, true]);
  own.system.onOrder = obey;
  await own.supervisor.start(new FakeTerm(), LIMIT);
});

Deno.test("start() takes a refusal within the last grace for the end of the term", async () => {
  await using own = supervised({
    command: { words: ["serve"], stopGraceMs: 60_000, logMaxBytes: 1000 },
  });
  const term = new FakeTerm(performance.now() + 70_000);
  own.system.onOrder = (order, guard) => {
    if (order.kind !== "run") return;
    own.system.skippedMs = 20_000;
    // What the daemon learns meanwhile does not make the refusal the command's fault.
    term.renew(Infinity);
    guard.report({ kind: "not-started", error: "The lease ends", isPermanent: false });
    guard.end();
  };
  await assert.rejects(own.supervisor.start(term, LIMIT), { problem: "deadline" });
});

Deno.test("start() waits for the renewal that leaves time to stop: a new leader's lease is short", async () => {
  await using own = supervised({
    command: { words: ["serve"], stopGraceMs: 60_000, logMaxBytes: 1000 },
  });
  const term = new FakeTerm(performance.now() + 30_000);
  const starting = own.supervisor.start(term, LIMIT);
  await until(() => term.listeners.size, (size) => size > 0);
  const longer = performance.now() + 50_000;
  term.renew(longer);
  await until(() => term.listeners.size, (size) => size > 0);
  assert.ok(own.system.guards[0]!.orders.every(({ kind }) => kind === "clock"));
  const longest = performance.now() + 90_000;
  term.renew(longest);
  await starting;
  const { deadline } = await own.system.guards[0]!.order("run");
  assert.ok(deadline! > longer + CLOCK_AHEAD_MS);
});

Deno.test("start() ends its wait for a renewal with the signal, or when the term is over", async () => {
  await using own = supervised({
    command: { words: ["serve"], stopGraceMs: 60_000, logMaxBytes: 1000 },
  });
  const stop = new AbortController();
  const term = new FakeTerm(performance.now() + 30_000);
  const starting = own.supervisor.start(term, stop);
  await until(() => term.listeners.size, (size) => size > 0);
  stop.abort(new Error("enough"));
  await assert.rejects(starting, { message: "enough" });
  assert.equal(term.listeners.size, 0);
  const ending = new FakeTerm(performance.now() + 20);
  await assert.rejects(own.supervisor.start(ending, LIMIT), { problem: "deadline" });
  await own.supervisor.start(new FakeTerm(), LIMIT);
});

Deno.test("start() starts nothing beside what is left of the command before it", async () => {
  const told: unknown[] = [];
  await using own = supervised({ onWorkload: (workload) => void told.push(workload) });
  const first = await own.supervisor.start(new FakeTerm(), LIMIT);
  own.system.onSweep = () => Promise.resolve({ killed: 0, left: 1 });
  own.system.guards[0]!.end();
  await first.ended;
  const error = await own.supervisor.start(new FakeTerm(), LIMIT).catch((error) => error);
  assert.ok(error instanceof CommandStartError);
  assert.deepEqual([error.problem, error.isPermanent, error.isGone], ["guard", false, false]);
  // Who finds this daemon dead must still be told of it.
  assert.deepEqual(told.at(-1), { id: first.workloadId, cgroup: "/cgroup" });
  own.system.onSweep = () => Promise.resolve({ killed: 1, left: 0 });
  await own.supervisor.start(new FakeTerm(), LIMIT);
  const runs = own.system.guards.flatMap(({ orders }) =>
    orders.filter(({ kind }) => kind === "run")
  );
  assert.equal(runs.length, 2);
});

Deno.test("signal() reaches a command that is just being started", async () => {
  await using own = supervised();
  own.system.onOrder = (order) => {
    if (order.kind === "run") own.supervisor.signal("SIGHUP");
  };
  const starting = own.supervisor.start(new FakeTerm(), LIMIT);
  const guard = await own.system.guard(0);
  await guard.order("run");
  await guard.asked(6);
  assert.ok(guard.orders.every(({ kind }) => kind !== "signal"));
  own.system.onOrder = obey;
  guard.report({ kind: "started", pid: 42 });
  await starting;
  assert.equal((await guard.order("signal")).signal, "SIGHUP");
});

Deno.test("start() stops at once a command that starts while the signal aborts", async () => {
  await using own = supervised();
  const stop = new AbortController();
  own.system.onOrder = (order, guard) => {
    if (order.kind === "run") stop.abort(new Error("enough"));
    if (order.kind === "stop") endCommand(guard, { cause: "stop" });
  };
  await assert.rejects(own.supervisor.start(new FakeTerm(), stop), { message: "enough" });
  assert.equal((await own.system.guards[0]!.order("stop")).graceMs, 0);
});

Deno.test("start() waits for the command before it to be gone", async () => {
  await using own = supervised();
  const first = await own.supervisor.start(new FakeTerm(), LIMIT);
  let isFirstGone = false;
  const second = own.supervisor.start(new FakeTerm(), LIMIT).then((running) => {
    assert.ok(isFirstGone);
    return running;
  });
  const end = first.ended.then(() => void (isFirstGone = true));
  await first.stop();
  await Promise.all([second, end]);
  assert.equal(own.system.guards.length, 2);
});

Deno.test("start() replaces a ready guard that was frozen meanwhile", async () => {
  await using own = supervised();
  const guard = await own.system.guard(0);
  await guard.asked(3);
  guard.isFrozen.set(true);
  own.system.limits.answerMs = 50;
  await own.supervisor.start(new FakeTerm(), LIMIT);
  assert.deepEqual(own.system.events, ["guard 0 killed"]);
});

Deno.test("start() names why no guard gets ready", async () => {
  await using own = supervised();
  own.system.limits.readyMs = 50;
  own.system.onSpawn = (guard) => guard.end();
  const error = await own.supervisor.start(new FakeTerm(), LIMIT).catch((error) => error);
  assert.match(error.message, /no guard process was ready within 50 ms/);
  assert.match(String(error.cause), /guard process/);
  assert.equal(error.problem, "guard");
});

Deno.test("Supervisor replaces a guard that is killed while it waits", async () => {
  await using own = supervised();
  const guard = await own.system.guard(0);
  guard.end();
  await own.log.line(/no guard process is ready/);
  await own.supervisor.start(new FakeTerm(), LIMIT);
  assert.deepEqual(own.system.guards[1]!.orders.at(-1)?.kind, "run");
});

Deno.test("Supervisor tells what to kill before it runs, with its cgroup, and when it is gone", async () => {
  const told: unknown[] = [];
  await using own = supervised({ onWorkload: (workload) => void told.push(workload) });
  own.system.onOrder = (order, guard) => {
    if (order.kind === "run") assert.equal(told.length, 1);
    obey(order, guard);
  };
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  const id = running.workloadId;
  assert.deepEqual(told, [{ id, cgroup: "/cgroup" }]);
  await running.stop();
  await own.system.guard(1);
  assert.deepEqual(told.at(-1), undefined);
});

Deno.test("start() starts nothing that could not be told of", async () => {
  await using own = supervised({
    onWorkload: () => {
      throw new Error("disk full");
    },
  });
  await assert.rejects(own.supervisor.start(new FakeTerm(), LIMIT), { message: "disk full" });
  assert.ok(own.system.guards[0]!.orders.every(({ kind }) => kind === "clock"));
});

Deno.test("Supervisor stops its command when it is closed, and starts no other", async () => {
  const own = supervised();
  const running = await own.supervisor.start(new FakeTerm(), LIMIT);
  await own[Symbol.asyncDispose]();
  assert.equal((await running.ended).cause, "stop");
  await assert.rejects(own.supervisor.start(new FakeTerm(), LIMIT), /The supervisor was closed/);
});
