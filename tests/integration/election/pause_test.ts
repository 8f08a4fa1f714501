import assert from "node:assert/strict";
import { OPEN_ACL, parentPath, untilAnswered } from "zookeeper";
import { delay } from "../../../src/async/delay.ts";
import type { Pause } from "../../../src/election/pause.ts";
import {
  pauseFailovers,
  type PauseOptions,
  resumeFailovers,
} from "../../../src/election/pause_operation.ts";
import { prepareSwitchover, switchOver } from "../../../src/election/switchover/operation.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ADDRESS, type Candidate, Contest, errorOf, layout, LIMIT_MS, loss } from "./contest.ts";

const signal = AbortSignal.timeout(LIMIT_MS * 5);
const PAUSE: Pause = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: "disk" };
const WAITS = /would lead now, but failovers are paused/;

function pause(contest: Contest, options: Partial<PauseOptions> = {}) {
  const defaults = { layout, acl: OPEN_ACL, isForced: false, timeoutMs: 10_000, signal };
  return pauseFailovers(contest.observer, PAUSE, { ...defaults, ...options });
}

function resume(contest: Contest) {
  return resumeFailovers(contest.observer, { layout, signal });
}

/** Resolves once a candidate has come to its turn and waits for the end of the pause. */
async function held(candidate: Candidate, times = 1): Promise<void> {
  await until(() => candidate.logged(WAITS), (count) => count === times);
}

Deno.test("A standby that comes to its turn while failovers are paused leads as soon as they go on", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.lead();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  const outcome = await pause(contest);
  assert.deepEqual([outcome.kind, "isNew" in outcome && outcome.isNew], ["paused", true]);
  const before = leadership.deadline();
  await until(() => leadership.deadline(), (deadline) => deadline > before);
  await leadership.release();
  await held(second);
  assert.deepEqual(await contest.queue(), ["second"]);
  assert.equal((await resume(contest))?.reason, "disk");
  assert.ok((await waiting).epoch > leadership.epoch);
});

Deno.test("A candidate that joins while failovers are paused and nobody leads waits, too", async () => {
  await using contest = await Contest.start();
  const forced = await pause(contest, { isForced: true });
  assert.deepEqual(forced, { ...forced, kind: "paused", isNew: true, leader: undefined });
  await using candidate = await contest.candidate("one");
  const waiting = candidate.campaign();
  await held(candidate);
  await resume(contest);
  await waiting;
});

Deno.test("A former leader does not lead again while failovers are paused, nor while it cannot know", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  const options = { address: proxy.address, sessionTimeoutMs: 2000 };
  await using candidate = await contest.candidate("one", options);
  const leadership = await candidate.lead();
  await pause(contest);
  await contest.deleteNode("one");
  assert.match((await loss(leadership)).message, /the latch node was deleted/);
  let leads = false;
  const again = errorOf(candidate.campaign().then(() => leads = true));
  await held(candidate);
  // Without an answer nobody knows that the pause is over: the candidate does not guess.
  await proxy.setMode("drop");
  await resume(contest);
  await pause(contest, { isForced: true });
  await proxy.setMode("pass");
  proxy.cutConnections();
  await untilAnswered(() => candidate.zk.sync(layout.pause), { signal });
  await untilAnswered(() => candidate.zk.exists(layout.pause), { signal });
  assert.equal(leads, false);
  await resume(contest);
  assert.equal(await again, undefined);
});

Deno.test("A candidate whose place was deleted while it waited joins the queue again", async () => {
  await using contest = await Contest.start();
  await pause(contest, { isForced: true });
  await using candidate = await contest.candidate("one");
  const waiting = candidate.campaign();
  await held(candidate);
  await contest.deleteNode("one");
  await resume(contest);
  const { epoch } = await waiting;
  assert.equal((await contest.observer.exists(await contest.pathOf("one")))?.czxid, epoch);
});

Deno.test("A campaign that is aborted while failovers are paused leaves the queue", async () => {
  await using contest = await Contest.start();
  await pause(contest, { isForced: true });
  await using candidate = await contest.candidate("one");
  const stop = new AbortController();
  const waiting = errorOf(candidate.campaign(stop.signal));
  await held(candidate);
  stop.abort(new Error("stopping"));
  assert.equal(await waiting, stop.signal.reason);
  assert.deepEqual(await contest.queue(), []);
});

Deno.test("pauseFailovers() waits for the end of a failover, so that its pause finds a leader", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  const late = await pause(contest, { timeoutMs: 300 });
  assert.deepEqual(late, { kind: "no-leader" });
  assert.equal(await contest.observer.exists(layout.pause), undefined);
  const pausing = pause(contest);
  await leadership.publish(ADDRESS, { signal });
  const outcome = await pausing;
  assert.equal(outcome.kind === "paused" && outcome.leader?.details?.epoch, leadership.epoch);
});

Deno.test("pauseFailovers() keeps an earlier pause, whatever the node holds", async () => {
  await using contest = await Contest.start();
  await pause(contest, { isForced: true });
  const again = await pauseFailovers(contest.observer, { ...PAUSE, reason: "other" }, {
    ...{ layout, acl: OPEN_ACL, isForced: true, timeoutMs: 10_000, signal },
  });
  assert.ok(again.kind === "paused" && !again.isNew && again.pause.reason === "disk");
  await contest.observer.setData(layout.pause, new TextEncoder().encode('{"format":9,"by":7'));
  const damaged = await pause(contest, { isForced: true });
  assert.ok(damaged.kind === "paused" && !damaged.isNew && damaged.pause.by === "unknown");
  assert.notEqual(await resume(contest), undefined);
  assert.equal(await resume(contest), undefined);
});

Deno.test("A pause and a switchover exclude each other: the second to ask is refused", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("localhost:8081");
  await using second = await contest.candidate("localhost:8082");
  await first.lead();
  const waiting = errorOf(second.campaign());
  await contest.queued("localhost:8081", "localhost:8082");
  const planning = await until(
    () => prepareSwitchover(contest.observer, { layout, to: undefined, signal }),
    ({ kind }) => kind === "plan",
  );
  assert.ok(planning.kind === "plan");
  await contest.observer.createPath(parentPath(layout.switchover.request));
  await contest.observer.create(layout.switchover.request, new Uint8Array());
  assert.deepEqual(await pause(contest, { timeoutMs: 300 }), { kind: "switchover" });
  const pausing = pause(contest);
  await contest.observer.delete(layout.switchover.request);
  assert.equal((await pausing).kind, "paused");
  const settling = { handoverMs: 1000, leaderMs: 1000 };
  const refused = await switchOver(contest.observer, planning.plan, {
    ...{ layout, acl: OPEN_ACL, timeoutMs: 5000, settling, signal },
  });
  assert.deepEqual(refused, { kind: "refused", refusal: { kind: "paused" } });
  assert.deepEqual(await contest.queue(), ["localhost:8081", "localhost:8082"]);
  await resume(contest);
  await contest.deleteNode("localhost:8081");
  assert.equal(await waiting, undefined);
});

Deno.test("pauseFailovers() settles an answer that was lost by reading", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using operator = await contest.candidate("operator", { address: proxy.address });
  await proxy.setMode("hold-replies");
  const pausing = pauseFailovers(operator.zk, PAUSE, {
    ...{ layout, acl: OPEN_ACL, isForced: true, timeoutMs: 20_000, signal },
  });
  await until(() => contest.observer.exists(parentPath(layout.pause)), Boolean);
  proxy.cutConnections();
  await proxy.setMode("pass");
  const outcome = await pausing;
  assert.deepEqual([outcome.kind, "isNew" in outcome && outcome.isNew], ["paused", true]);
  await proxy.setMode("hold-replies");
  const resuming = resumeFailovers(operator.zk, { layout, signal });
  await proxy.setMode("pass");
  proxy.cutConnections();
  assert.equal((await resuming)?.by, "root@host");
  assert.equal(await contest.observer.exists(layout.pause), undefined);
});

Deno.test("A pause that meets a failover finds the new leader, or keeps it from leading", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  for (let round = 0; round < 30; round++) {
    const old = await first.lead();
    const heldBefore = second.logged(WAITS);
    const leading = second.lead();
    await contest.queued("first", "second");
    const pausing = delay(round % 3, { signal }).then(() => pause(contest));
    await delay(round % 5, { signal });
    await old.release();
    const outcome = await pausing;
    assert.ok(outcome.kind === "paused" && outcome.isNew);
    const epoch = outcome.leader?.details?.epoch;
    const isNewLeader = epoch !== undefined && epoch !== old.epoch;
    // Whoever was first as the pause began led on, or was held back: never both, never neither.
    if (!isNewLeader) await held(second, heldBefore + 1);
    else assert.equal(second.logged(WAITS), heldBefore);
    await resume(contest);
    await (await leading).release();
  }
});
