import assert from "node:assert/strict";
import { isZkError, joinPath, ZooKeeper } from "zookeeper";
import { LeadershipLostError } from "../../../src/election/leadership.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ADDRESS, Contest, deleteAll, errorOf, layout, LIMIT_MS, loss } from "./contest.ts";

const signal = AbortSignal.timeout(LIMIT_MS * 5);

/** How many watches the server holds. */
async function watchCount(contest: Contest): Promise<number> {
  const answer = await contest.server.fourLetterWord("wchs");
  return Number(/Total watches:(\d+)/.exec(answer)?.[1]);
}

Deno.test("Leadership that is not to tolerate it ends with the connection, and stays so", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  const leadership = await candidate.campaign(signal, { tolerateSuspendedConnections: false });
  await leadership.publish(ADDRESS, { signal });
  proxy.cutConnections();
  const reason = await loss(leadership);
  assert.ok(reason instanceof LeadershipLostError);
  assert.match(reason.message, /^Leadership ended: the session is suspended$/);
  await candidate.zk.connected({ signal });
  assert.equal(leadership.lost.aborted, true);
  await assert.rejects(leadership.publish(ADDRESS, { signal }), LeadershipLostError);

  // The session lives, and so does the node, until it is released.
  assert.deepEqual(await contest.queue(), ["one"]);
  await leadership.release();
  assert.deepEqual(await contest.nodes(), []);
  assert.equal(await contest.observer.exists(layout.connectionInfo), undefined);
  const again = await candidate.campaign();
  assert.ok(again.epoch > leadership.epoch);
});

Deno.test("Leadership.lost aborts when another process closes the session", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  const { credentials } = candidate.zk;
  await using thief = new ZooKeeper(contest.server.address, { credentials });
  await thief.connected({ signal });
  await thief.close();
  await loss(leadership);
  await until(() => candidate.zk.state.kind, (kind) => kind === "expired");
  await leadership.release();
  await assert.rejects(candidate.campaign(), { code: "SessionExpired" });
});

Deno.test("Leadership.lost aborts when its node is deleted, and the next one leads", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await contest.deleteNode("first");
  assert.match((await loss(leadership)).message, /the latch node was deleted/);
  await waiting;
  await leadership.release();
  assert.deepEqual(await contest.queue(), ["second"]);
});

Deno.test("Leadership.lost aborts when the latch is deleted; those who waited join again", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await deleteAll(contest.observer, layout.latch);
  await loss(leadership);
  const next = await waiting;
  assert.ok(next.epoch > leadership.epoch);
  assert.deepEqual(await contest.queue(), ["second"]);
  assert.equal(second.logged(/WARN .*latch node was deleted, joining again/), 1);

  await leadership.release();
  const again = first.campaign();
  await contest.queued("second", "first");
  await next.release();
  await again;
});

Deno.test("campaign() joins again when its waiting node is deleted before its turn", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await contest.deleteNode("second");
  await leadership.release();
  await waiting;
  assert.deepEqual(await contest.queue(), ["second"]);
});

Deno.test("Leadership holds when the data of its node change, and still sees the node go", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  const path = await contest.pathOf("one");
  // One for the latch node; another for a switchover, which is looked at on its own account.
  const watches = 2;
  for (let round = 0; round < 3; round++) {
    await until(() => watchCount(contest), (count) => count === watches);
    await contest.observer.setData(path, new Uint8Array([round]));
    await until(() => watchCount(contest), (count) => count === watches);
  }
  assert.equal(leadership.lost.aborted, false);
  await contest.observer.delete(path);
  await loss(leadership);
});

Deno.test("Leadership sees its node go although the data change at the same time", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  const path = await contest.pathOf("one");
  await contest.observer.multi([
    { kind: "setData", path, data: new Uint8Array() },
    { kind: "delete", path },
  ]);
  await loss(leadership);
});

Deno.test("campaign() does not lead through a node that is deleted as its turn comes", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  for (let round = 0; round < 20; round++) {
    const leadership = await first.campaign();
    const waiting = second.campaign();
    await contest.queued("first", "second");
    const [turn, own] = [await contest.pathOf("first"), await contest.pathOf("second")];
    const before = (await contest.observer.exists(own))!.czxid;
    await contest.observer.multi([{ kind: "delete", path: turn }, { kind: "delete", path: own }]);
    const next = await waiting;
    assert.ok(next.epoch > before);
    assert.equal(next.lost.aborted, false);
    await Promise.all([leadership.release(), next.release()]);
  }
});

Deno.test("campaign() rejects when its session expires while it waits", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  const options = { address: proxy.address, sessionTimeoutMs: 1000 };
  await using second = await contest.candidate("second", options);
  const leadership = await first.campaign();
  const waiting = second.campaign();
  const error = errorOf(waiting);
  await contest.queued("first", "second");
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await contest.queued("first");
  await proxy.setMode("pass");
  assert.ok(isZkError(await error, "SessionExpired"));
  assert.equal(leadership.lost.aborted, false);
});

Deno.test("campaign() keeps its place while it waits through a lost connection", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second", { address: proxy.address });
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  const [, node] = await contest.nodes();
  for (let round = 0; round < 3; round++) {
    const accepted = proxy.acceptedCount;
    proxy.cutConnections();
    await until(() => proxy.acceptedCount, (count) => count > accepted);
    await second.zk.connected({ signal });
  }
  await leadership.release();
  const next = await waiting;
  assert.deepEqual(await contest.nodes(), [node]);
  assert.equal(next.epoch, (await contest.observer.exists(joinPath(layout.latch, node!)))!.czxid);
});

Deno.test("campaign() notices after a reconnect that its predecessor has gone meanwhile", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second", { address: proxy.address });
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await leadership.release();
  await proxy.setMode("pass");
  await waiting;
});
