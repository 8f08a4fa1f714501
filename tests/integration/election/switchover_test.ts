import assert from "node:assert/strict";
import { joinPath, type ZooKeeper } from "zookeeper";
import { contenderPrefix } from "../../../src/election/latch_order.ts";
import { encodeRequest } from "../../../src/election/switchover/documents.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { Contest, layout, openSession } from "./contest.ts";
import { askFor, type Habits, Master } from "./switchover_master.ts";
import { Terms } from "./terms.ts";

const ROUNDS = 50;
const PORTS = [8081, 8082, 8083] as const;
const [FIRST, SECOND, THIRD] = PORTS.map((port) => `localhost:${port}`) as [string, string, string];

/** Three masters, of which the first leads and the others stand in order. */
async function threeMasters(habits: Partial<Record<number, Habits>> = {}) {
  const contest = await Contest.start();
  const terms = new Terms();
  const masters: Master[] = [];
  for (const port of PORTS) {
    masters.push(await Master.start(contest, port, terms, habits[port]));
    await contest.queued(...PORTS.slice(0, masters.length).map((port) => `localhost:${port}`));
  }
  await terms.next(0n);
  const [first, second, third] = masters as [Master, Master, Master];
  return {
    contest,
    terms,
    first,
    second,
    third,
    async [Symbol.asyncDispose]() {
      for (const master of masters) await master[Symbol.asyncDispose]();
      await contest[Symbol.asyncDispose]();
    },
  };
}

/** Waits until these stand in the queue, whatever their order. */
async function allQueued(contest: Contest): Promise<void> {
  const all = String([FIRST, SECOND, THIRD]);
  await until(() => contest.queue(), (queue) => String(queue.toSorted()) === all);
}

/** A place in the queue that nobody looks after: of a master that hangs, or of a foreign contender. */
async function stander(zk: ZooKeeper, name: string, { isMaster }: { isMaster: boolean }) {
  if (isMaster) {
    const path = joinPath(layout.masters, crypto.randomUUID());
    await zk.createPath(layout.masters);
    await zk.create(path, new TextEncoder().encode("{}"), { mode: "ephemeral" });
  }
  const path = joinPath(layout.latch, contenderPrefix(crypto.randomUUID()));
  await zk.create(path, new TextEncoder().encode(name), { mode: "ephemeralSequential" });
}

function median(values: readonly number[], quantile = 0.5): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length * quantile)]! * 10) /
    10;
}

Deno.test("switchOver() gives leadership to the one that was named, 50 times, and never to two", async () => {
  await using cluster = await threeMasters();
  const { contest, terms } = cluster;
  const random = randomSource();
  const gaps: number[] = [];
  const totals: number[] = [];
  let leading = FIRST;
  for (let round = 0; round < ROUNDS; round++) {
    await allQueued(contest);
    const standbys = [FIRST, SECOND, THIRD].filter((name) => name !== leading);
    const to = standbys[random.below(2)]!;
    const outcome = await askFor(contest.observer, { to });
    assert.equal(
      outcome.kind,
      "switched",
      `${random.seed} round ${round}: ${Deno.inspect(outcome)}`,
    );
    if (outcome.kind !== "switched") return;
    gaps.push(outcome.gapMs ?? NaN);
    totals.push(outcome.totalMs);
    const term = terms.all.at(-1)!;
    assert.equal(term.candidate.participant, to, random.seed);
    assert.equal(outcome.leader.leaderSessionId, term.leadership.leaderSessionId);
    assert.equal(terms.all.length, round + 2, `${random.seed}: somebody else led in between`);
    assert.equal(await contest.observer.exists(layout.switchover.request), undefined);
    leading = to;
  }
  await allQueued(contest);
  terms.assertSound(random.seed);
  console.log(
    `switchover gap: median ${median(gaps)} ms, p95 ${median(gaps, 0.95)} ms; ` +
      `total: median ${median(totals)} ms, p95 ${median(totals, 0.95)} ms`,
  );
});

Deno.test("switchOver() takes the first standby if none is named", async () => {
  await using cluster = await threeMasters();
  const outcome = await askFor(cluster.contest.observer, {});
  assert.equal(outcome.kind, "switched");
  assert.equal(cluster.terms.all.at(-1)!.candidate.participant, SECOND);
});

Deno.test("switchOver() keeps the others out of the queue until the target leads", async () => {
  const work = Promise.withResolvers<void>();
  await using cluster = await threeMasters({ 8081: { work: work.promise } });
  const { contest, first, terms } = cluster;
  const outcome = askFor(contest.observer, { to: THIRD });
  await first.asked.promise;
  assert.deepEqual(await contest.queue(), [FIRST, THIRD]);
  await using late = await Master.start(contest, 8084, terms);
  // Each answer of the server gives the newcomer another turn.
  for (let turns = 0; turns < 20; turns++) await late.candidate.zk.exists("/");
  assert.deepEqual(await contest.queue(), [FIRST, THIRD]);
  work.resolve();
  assert.equal((await outcome).kind, "switched");
  await until(() => contest.queue(), (queue) => queue.length === 4);
  assert.equal((await contest.queue())[0], THIRD);
});

Deno.test("switchOver() reports who leads after the target died when it was ready", async () => {
  const work = Promise.withResolvers<void>();
  await using cluster = await threeMasters({ 8081: { work: work.promise } });
  const { contest, terms, first, third } = cluster;
  const outcome = askFor(contest.observer, { to: THIRD });
  await first.asked.promise;
  await third.die();
  work.resolve();
  const end = await outcome;
  assert.ok(end.kind === "failed" && end.why === "target-gone", Deno.inspect(end));
  const [old, next] = terms.all.map(({ leadership }) => leadership);
  assert.equal(end.leader?.leaderSessionId, next!.leaderSessionId);
  assert.ok(next!.epoch > old!.epoch);
  await until(() => contest.queue(), (queue) => String(queue.toSorted()) === `${FIRST},${SECOND}`);
  assert.equal(terms.all.length, 2);
  terms.assertSound("");
});

Deno.test("switchOver() rolls back to the old leader when nobody can find the target in time", async () => {
  await using cluster = await threeMasters({ 8083: { isSilent: true } });
  const { contest, terms, third } = cluster;
  const outcome = await askFor(contest.observer, { to: THIRD, timeoutMs: 500 });
  assert.equal(outcome.kind, "failed", Deno.inspect(outcome));
  assert.deepEqual(terms.all.map(({ candidate }) => candidate.participant), [FIRST, THIRD, FIRST]);
  assert.equal(
    outcome.kind === "failed" && outcome.leader?.leaderSessionId,
    terms.all[2]!.leadership.leaderSessionId,
  );
  assert.equal(third.candidate.logged(/not completed in time, giving leadership back/), 1);
  assert.match(String(terms.all[1]!.leadership.handover.reason), /not completed in time/);
  await allQueued(contest);
  terms.assertSound("");
});

Deno.test("switchOver() changes nothing if a master does not step aside, and the others come back", async () => {
  await using cluster = await threeMasters();
  const { contest, terms, second } = cluster;
  await using hung = await openSession(contest.server.address);
  await stander(hung, "hung", { isMaster: true });
  const outcome = await askFor(contest.observer, { to: THIRD, timeoutMs: 500 });
  assert.equal(outcome.kind === "failed" && outcome.why, "timeout", Deno.inspect(outcome));
  assert.equal(outcome.kind === "failed" && outcome.leader?.details?.webuiPort, 8081);
  assert.equal(second.candidate.logged(/stepping aside/), 1);
  await contest.queued(FIRST, THIRD, "hung", SECOND);
  assert.equal(terms.all.length, 1);
  assert.equal(terms.all[0]!.leadership.handover.aborted, false);
  assert.equal(await contest.observer.exists(layout.switchover.ready), undefined);
});

Deno.test("standbys come back when the one that asked for a switchover dies", async () => {
  await using cluster = await threeMasters();
  const { contest, terms } = cluster;
  await using hung = await openSession(contest.server.address);
  await stander(hung, "hung", { isMaster: true });
  const operator = await openSession(contest.server.address);
  const outcome = askFor(operator, { to: THIRD }).catch((error) => error);
  await contest.queued(FIRST, THIRD, "hung");
  await operator.close();
  assert.equal((await outcome).code, "SessionClosed");
  await contest.queued(FIRST, THIRD, "hung", SECOND);
  assert.equal(terms.all.length, 1);
});

Deno.test("standbys come back by their own clock while the request is still there", async () => {
  await using cluster = await threeMasters();
  const { contest } = cluster;
  await using hung = await openSession(contest.server.address);
  await stander(hung, "hung", { isMaster: true });
  await request(contest, { timeoutMs: 500 });
  await contest.queued(FIRST, THIRD, "hung");
  await contest.queued(FIRST, THIRD, "hung", SECOND);
  assert.notEqual(await contest.observer.exists(layout.switchover.request), undefined);
});

Deno.test("standbys come back when the target is gone, so that there is always one to lead", async () => {
  await using cluster = await threeMasters();
  const { contest, third } = cluster;
  await using hung = await openSession(contest.server.address);
  await stander(hung, "hung", { isMaster: true });
  await request(contest, { timeoutMs: 600_000 });
  await contest.queued(FIRST, THIRD, "hung");
  await third.die();
  await contest.queued(FIRST, "hung", SECOND);
});

Deno.test("a switchover passes a foreign contender behind the target, but none before it", async () => {
  await using contest = await Contest.start();
  const terms = new Terms();
  await using _first = await Master.start(contest, 8081, terms);
  await terms.next(0n);
  await using _second = await Master.start(contest, 8082, terms);
  await contest.queued(FIRST, SECOND);
  await using foreign = await openSession(contest.server.address);
  await stander(foreign, "curator", { isMaster: false });
  await using _third = await Master.start(contest, 8083, terms);
  await contest.queued(FIRST, SECOND, "curator", THIRD);
  const { observer } = contest;
  assert.deepEqual(await askFor(observer, { to: THIRD }), {
    kind: "refused",
    refusal: { kind: "foreign-between", participant: "curator", target: THIRD },
  });
  assert.equal((await askFor(observer, { to: SECOND })).kind, "switched");
  await until(() => contest.queue(), (queue) => queue.length === 4);
  assert.deepEqual((await contest.queue()).slice(0, 2), [SECOND, "curator"]);
});

Deno.test("switchOver() is refused while another is under way, and works behind it", async () => {
  const work = Promise.withResolvers<void>();
  await using cluster = await threeMasters({ 8081: { work: work.promise } });
  const { contest, first } = cluster;
  const outcome = askFor(contest.observer, { to: THIRD });
  await first.asked.promise;
  await using other = await openSession(contest.server.address);
  assert.deepEqual(await askFor(other, { to: THIRD }), {
    kind: "refused",
    refusal: { kind: "under-way", target: THIRD },
  });
  work.resolve();
  assert.equal((await outcome).kind, "switched");
  await allQueued(contest);
  assert.equal((await askFor(other, { to: SECOND })).kind, "switched");
});

Deno.test("switchOver() removes its request when it is aborted", async () => {
  await using cluster = await threeMasters();
  const { contest } = cluster;
  await using hung = await openSession(contest.server.address);
  await stander(hung, "hung", { isMaster: true });
  const interruption = new AbortController();
  const outcome = askFor(contest.observer, { to: THIRD, signal: interruption.signal });
  const reason = new Error("the operator interrupts");
  const rejected = assert.rejects(outcome, reason);
  await contest.queued(FIRST, THIRD, "hung");
  interruption.abort(reason);
  await rejected;
  assert.equal(await contest.observer.exists(layout.switchover.request), undefined);
  await contest.queued(FIRST, THIRD, "hung", SECOND);
});

Deno.test("candidates pass over what is no request, and say so once", async () => {
  await using cluster = await threeMasters();
  const { contest, terms, first, second, third } = cluster;
  const { observer } = contest;
  const { request: path } = layout.switchover;
  const isSaid = () =>
    [first, second, third].every(({ candidate }) =>
      candidate.logged(/request cannot be read/) === 1
    );
  await observer.createPath(path);
  await until(isSaid, Boolean);
  assert.deepEqual(await askFor(observer, {}), {
    kind: "refused",
    refusal: { kind: "foreign-request", path },
  });
  await observer.delete(path);
  assert.equal((await askFor(observer, {})).kind, "switched");
  await allQueued(contest);
  assert.equal(terms.all.length, 2);
});

Deno.test("a ready node that somebody else left does not stand in the way", async () => {
  await using cluster = await threeMasters();
  const { observer } = cluster.contest;
  await observer.createPath(layout.switchover.ready);
  await observer.setData(layout.switchover.ready, new Uint8Array(10_000).fill(0xff));
  assert.equal((await askFor(observer, { to: THIRD })).kind, "switched");
});

/** Asks for a switchover to the third master, and leaves it at that. */
async function request(contest: Contest, { timeoutMs }: { timeoutMs: number }) {
  const { observer } = contest;
  const { request: path } = layout.switchover;
  await observer.createPath(path.slice(0, path.lastIndexOf("/")));
  const latchName = (await contest.pathOf(THIRD)).slice(layout.latch.length + 1);
  const target = { participant: THIRD, latchName };
  const data = encodeRequest({ id: crypto.randomUUID(), target, from: FIRST, timeoutMs });
  await observer.create(path, data, { mode: "ephemeral" });
}
