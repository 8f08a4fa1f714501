import assert from "node:assert/strict";
import { isZkError, joinPath } from "zookeeper";
import type { Leadership } from "../../../src/election/leadership.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { Contest, deleteAll, layout, LIMIT_MS, loss } from "./contest.ts";

const signal = AbortSignal.timeout(LIMIT_MS * 5);

/** The registrations of all masters, by the session that owns them. */
async function registrations(contest: Contest): Promise<Map<bigint, string>> {
  const { observer } = contest;
  const { children } = await observer.getChildren(layout.masters);
  const nodes = await Promise.all(
    children.map((name) => observer.getData(joinPath(layout.masters, name))),
  );
  return new Map(
    nodes.map(({ data, stat }) => [stat.ephemeralOwner, new TextDecoder().decode(data)]),
  );
}

/** Resolves once a heartbeat has moved the deadline. */
async function renewal(leadership: Leadership): Promise<void> {
  const before = leadership.deadline();
  await until(() => leadership.deadline(), (deadline) => deadline > before, { intervalMs: 5 });
}

Deno.test("Leadership is held while its server restarts, with the same epoch and node", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one", { sessionTimeoutMs: 10_000 });
  const leadership = await candidate.lead();
  const [node] = await contest.nodes();
  const { lost } = leadership;
  await contest.server.restart();
  await renewal(leadership);
  await contest.observer.connected({ signal });
  assert.equal(lost.aborted, false);
  assert.deepEqual(await contest.nodes(), [node]);
  const { czxid } = (await contest.observer.exists(joinPath(layout.latch, node!)))!;
  assert.equal(leadership.epoch, czxid);
  // What was published is still there, and the watch on the node works.
  assert.notEqual(await contest.observer.exists(layout.connectionInfo), undefined);
  await contest.deleteNode("one");
  assert.match((await loss(leadership)).message, /the latch node was deleted/);
});

for (const mode of ["refuse", "drop", "hold-requests", "hold-replies"] as const) {
  Deno.test(`Leadership is held through a cut that is shorter than its lease: ${mode}`, async () => {
    await using contest = await Contest.start();
    await using proxy = TcpProxy.start({ target: contest.server.address });
    const options = { address: proxy.address, sessionTimeoutMs: 2000 };
    await using first = await contest.candidate("first", options);
    await using second = await contest.candidate("second");
    const leadership = await first.lead();
    const nodes = await contest.nodes();
    const waiting = second.campaign();
    await contest.queued("first", "second");
    await proxy.setMode(mode);
    if (mode === "refuse") proxy.cutConnections();
    // Longer than the client waits for its server, and so long that little of the lease is left.
    await until(() => leadership.deadline() - performance.now(), (leftMs) => leftMs < 600);
    await proxy.setMode("pass");
    await renewal(leadership);
    assert.equal(leadership.lost.aborted, false);
    assert.deepEqual((await contest.nodes()).slice(0, 1), nodes);
    await leadership.release();
    await waiting;
  });
}

Deno.test("Leadership is held through two cuts within 50 ms, whatever the delays (T7)", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first", { address: proxy.address });
  await using second = await contest.candidate("second");
  const leadership = await first.lead();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  const nodes = await contest.nodes();
  const random = randomSource();
  const modes = ["hold-replies", "hold-requests", "pass"] as const;
  for (let round = 0; round < 10; round++) {
    for (let cut = 0; cut < 2; cut++) {
      await proxy.setMode(modes[random.below(modes.length)]!);
      await new Promise((resolve) => setTimeout(resolve, random.below(25)));
      proxy.cutConnections();
    }
    await proxy.setMode("pass");
    await renewal(leadership);
    assert.equal(leadership.lost.aborted, false, random.seed);
    assert.deepEqual(await contest.nodes(), nodes, random.seed);
  }
  await leadership.release();
  await waiting;
});

Deno.test("a heartbeat never writes the latch node, and leaves its watchers alone", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one", { sessionTimeoutMs: 1000 });
  const leadership = await candidate.lead();
  const path = await contest.pathOf("one");
  const events: string[] = [];
  await contest.observer.getData(path, { watch: ({ kind }) => events.push(kind) });
  for (let beat = 0; beat < 4; beat++) await renewal(leadership);
  const stat = (await contest.observer.exists(path))!;
  assert.deepEqual([stat.version, stat.mzxid], [0, stat.czxid]);
  assert.deepEqual(events, []);
  await leadership.release();
  await until(() => events, ([kind]) => kind === "deleted");
});

Deno.test("each candidate is registered, with its own session as owner, and again when removed", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const leadership = await first.campaign();
  await until(() => registrations(contest), (nodes) => nodes.size === 2);
  const expected = new Map([
    [first.zk.credentials.id, JSON.stringify({ participant: "first", version: "0.0.0" })],
    [second.zk.credentials.id, JSON.stringify({ participant: "second", version: "0.0.0" })],
  ]);
  assert.deepEqual(await registrations(contest), expected);
  await deleteAll(contest.observer, layout.masters);
  await until(
    () => registrations(contest).catch(() => new Map()),
    (nodes) => nodes.size === 2,
  );
  assert.deepEqual(await registrations(contest), expected);
  await renewal(leadership);
  assert.equal(leadership.lost.aborted, false);
});

Deno.test("a master that starts again within its timeout registers under its new session (T14)", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  const sessionTimeoutMs = 1000;
  await using dead = await contest.candidate("one", { address: proxy.address, sessionTimeoutMs });
  await dead.campaign();
  // As if the process had been killed: nobody ends its session.
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await using again = await contest.candidate("one", { sessionTimeoutMs: 10_000 });
  const campaigning = again.campaign();
  const [oldId, newId] = [dead.zk.credentials.id, again.zk.credentials.id];
  const owners = await until(() => registrations(contest), (nodes) => nodes.size === 2);
  assert.deepEqual(new Set(owners.keys()), new Set([oldId, newId]));
  const leadership = await campaigning;
  assert.deepEqual([...(await registrations(contest)).keys()], [newId]);
  await renewal(leadership);
  assert.deepEqual([...(await registrations(contest)).keys()], [newId]);
});

Deno.test("a master leads again at once after it gave leadership back", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  for (let round = 0; round < 10; round++) {
    const leadership = await candidate.campaign();
    assert.ok(leadership.deadline() > performance.now());
    await leadership.release();
  }
});

Deno.test("a candidate joins again when everything below the root is removed (T10)", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  const { observer } = contest;
  const remove = async (path: string): Promise<void> => {
    const { children } = await observer.getChildren(path);
    for (const name of children) await remove(joinPath(path, name));
    await observer.delete(path).catch((error) => {
      // Registrations are made again while their parent is being removed.
      if (!isZkError(error, "NotEmpty", "NoNode")) throw error;
    });
  };
  await remove("/flink");
  await loss(leadership);
  await leadership.release();
  const again = await candidate.lead();
  assert.ok(again.epoch > leadership.epoch);
  await until(() => registrations(contest), (nodes) => nodes.size === 1);
  assert.deepEqual(await contest.queue(), ["one"]);
});
