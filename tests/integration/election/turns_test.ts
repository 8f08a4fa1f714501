import assert from "node:assert/strict";
import { joinPath } from "zookeeper";
import type { Leadership } from "../../../src/election/leadership.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { type Candidate, Contest, layout } from "./contest.ts";

const RESIGNATIONS = 300;
const ABORTS = 60;

Deno.test("campaign() lets one lead while the others wait in order", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  await using third = await contest.candidate("third");
  const won: string[] = [];
  const enter = async (candidate: Candidate) => {
    const leadership = await candidate.campaign();
    won.push(candidate.participant);
    return leadership;
  };
  const terms: Promise<Leadership>[] = [];
  for (const [index, candidate] of [first, second, third].entries()) {
    terms.push(enter(candidate));
    await until(() => contest.nodes(), (nodes) => nodes.length === index + 1);
  }
  assert.deepEqual(await contest.queue(), ["first", "second", "third"]);

  const leaderships: Leadership[] = [];
  for (const [index, term] of terms.entries()) {
    const leadership = await term;
    assert.deepEqual(won, ["first", "second", "third"].slice(0, index + 1));
    assert.ok(leaderships.every((earlier) => earlier.lost.aborted));
    assert.equal(leadership.lost.aborted, false);
    leaderships.push(leadership);
    await leadership.release();
  }
  assert.deepEqual(await contest.nodes(), []);
  const ids = leaderships.map((leadership) => leadership.leaderSessionId);
  assert.equal(new Set(ids).size, 3);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.ok(leaderships[0]!.epoch < leaderships[1]!.epoch);
  assert.ok(leaderships[1]!.epoch < leaderships[2]!.epoch);
});

Deno.test("campaign() passes leadership on when the leader's session ends", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await first.zk.close();
  assert.equal(leadership.lost.aborted, true);
  assert.ok((await waiting).epoch > leadership.epoch);
});

Deno.test("campaign() leads with the transaction that made its node as epoch", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  const stat = await contest.observer.exists(await contest.pathOf("one"));
  assert.equal(leadership.epoch, stat?.czxid);
  assert.equal(stat?.ephemeralOwner, candidate.zk.credentials.id);
});

Deno.test("campaign() gives larger epochs even when the latch starts again from zero", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const first = await candidate.campaign();
  await first.release();
  await contest.observer.delete(layout.latch);
  const second = await candidate.campaign();
  assert.match((await contest.nodes())[0]!, /-latch-0000000000$/);
  assert.ok(second.epoch > first.epoch);
});

Deno.test("campaign() gives its place back when aborted while waiting", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  await using third = await contest.candidate("third");
  const leadership = await first.campaign();
  const controller = new AbortController();
  const givingUp = second.campaign(controller.signal);
  await contest.queued("first", "second");
  const waiting = third.campaign();
  await contest.queued("first", "second", "third");

  const reason = new Error("the daemon stops");
  controller.abort(reason);
  await assert.rejects(givingUp, reason);
  assert.deepEqual(await contest.queue(), ["first", "third"]);
  assert.equal(leadership.lost.aborted, false);
  await leadership.release();
  await waiting;
});

Deno.test("campaign() leaves no node behind when aborted while its node is being made", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const controller = new AbortController();
  const campaigning = candidate.campaign(controller.signal);
  const reason = new Error("changed its mind");
  controller.abort(reason);
  await assert.rejects(campaigning, reason);
  await candidate.zk.sync(layout.latch);
  assert.deepEqual(await contest.nodes(), []);
});

Deno.test("campaign() leaves no node behind, whenever it is aborted", async () => {
  await using contest = await Contest.start();
  await using rival = await contest.candidate("rival");
  await using candidate = await contest.candidate("one");
  const random = randomSource();
  for (let round = 0; round < ABORTS; round++) {
    const blocking = random.below(2) === 0 ? await rival.campaign() : undefined;
    const controller = new AbortController();
    const campaigning = candidate.campaign(controller.signal);
    // Each answer of the server gives the campaign another turn.
    for (let turns = random.below(8); turns > 0; turns--) await contest.observer.exists("/");
    controller.abort(new Error("changed its mind"));
    const leadership = await campaigning.catch(() => undefined);
    await leadership?.release();
    await candidate.zk.sync(layout.latch);
    assert.deepEqual(await contest.queue(), blocking ? ["rival"] : [], random.seed);
    await blocking?.release();
  }
});

Deno.test("campaign() rejects at once when its signal has aborted already", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const reason = new Error("too late");
  await assert.rejects(candidate.campaign(AbortSignal.abort(reason)), reason);
  assert.deepEqual(await contest.nodes(), []);
});

Deno.test("Leadership.release() gives the latch back after the campaign's signal aborted", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const controller = new AbortController();
  const leadership = await candidate.campaign(controller.signal);
  controller.abort();
  assert.equal(leadership.lost.aborted, false);
  await leadership.release();
  assert.equal(leadership.lost.aborted, true);
  assert.deepEqual(await contest.nodes(), []);
});

Deno.test("Leadership.release() can be called again, and disposal releases", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  {
    await using leadership = await candidate.campaign();
    await Promise.all([leadership.release(), leadership.release()]);
    assert.deepEqual(await contest.nodes(), []);
  }
  const { lost } = await candidate.campaign().then(async (leadership) => {
    await using held = leadership;
    return held;
  });
  assert.match(String(lost.reason), /LeadershipLostError: Leadership ended: it was released/);
  assert.deepEqual(await contest.nodes(), []);
});

Deno.test("campaign() of two that resign at once ends no round without a leader", async () => {
  await using contest = await Contest.start();
  const candidates = [await contest.candidate("a"), await contest.candidate("b")];
  const held = new Set<Leadership>();
  await Promise.all(candidates.map(async (candidate) => {
    for (let round = 0; round < RESIGNATIONS; round++) {
      const leadership = await candidate.campaign();
      assert.equal(held.size, 0, "two lead at once");
      held.add(leadership);
      leadership.lost.addEventListener("abort", () => held.delete(leadership));
      await leadership.release();
    }
  }));
  const { stat } = await contest.observer.getChildren(layout.latch);
  assert.equal(stat.numChildren, 0);
  // Each node that is made and each that is deleted counts: no more were made than rounds were led.
  assert.equal(stat.cversion, 2 * 2 * RESIGNATIONS);
  for (const candidate of candidates) await candidate[Symbol.asyncDispose]();
});

Deno.test("campaign() passes over foreign children, and warns of each once", async () => {
  await using contest = await Contest.start();
  const { observer } = contest;
  for (const name of ["0config", "lock-0000000000", "latch-x", "!"]) {
    await observer.create(joinPath(layout.latch, name), new Uint8Array(100_000).fill(0xff));
  }
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await leadership.release();
  await waiting;
  for (const candidate of [first, second]) {
    assert.equal(candidate.log.length, 4, candidate.log.join(""));
    assert.equal(candidate.logged(/WARN .* is no contender path=.*\/latch\/0config$/m), 1);
  }
});

Deno.test("campaign() waits for a contender whose data are foreign bytes", async () => {
  await using contest = await Contest.start();
  const { observer } = contest;
  const data = new Uint8Array(500_000).fill(0xff);
  const path = joinPath(layout.latch, "latch-");
  const { path: foreign } = await observer.create(path, data, { mode: "ephemeralSequential" });
  await using candidate = await contest.candidate("one");
  const waiting = candidate.campaign();
  await until(() => contest.nodes(), (nodes) => nodes.length === 2);
  await observer.delete(foreign);
  await waiting;
});
