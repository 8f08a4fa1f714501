import assert from "node:assert/strict";
import { joinPath, OPEN_ACL, parentPath, type ZooKeeper } from "zookeeper";
import { encodeLeaderInformation } from "../../../src/election/java_stream.ts";
import { encodeDetails } from "../../../src/election/leader_details.ts";
import type { LeaderInformation } from "../../../src/election/leadership.ts";
import { publish } from "../../../src/election/publication.ts";
import { followLeader } from "../../../src/election/retrieval.ts";
import { createLogger } from "../../../src/log/logger.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ADDRESS, Contest, layout, LIMIT_MS, openSession } from "./contest.ts";

const SWITCHES = 300;
const signal = AbortSignal.timeout(LIMIT_MS * 5);

/** Follows the leader and keeps all it is told. */
class Follower implements AsyncDisposable {
  readonly told: (LeaderInformation | undefined)[] = [];
  readonly log: string[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  constructor(zk: ZooKeeper, options: { tolerateSuspendedConnections?: boolean } = {}) {
    this.ended = this.#follow(zk, options);
    // Whoever awaits the end sees how it came; a test that does not await it has not failed by it.
    this.ended.catch(() => {});
  }

  /** What it was told, by session ids. */
  get ids(): (string | undefined)[] {
    return this.told.map((leader) => leader?.leaderSessionId);
  }

  async count(count: number): Promise<void> {
    await until(() => this.told.length, (length) => length >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #follow(
    zk: ZooKeeper,
    tolerance: { tolerateSuspendedConnections?: boolean },
  ): Promise<void> {
    const logger = createLogger("test", { write: (line) => this.log.push(line) });
    const { signal } = this.#stop;
    for await (const leader of followLeader(zk, { layout, logger, signal, ...tolerance })) {
      this.told.push(leader);
    }
  }
}

/** Writes what a leader of Flink would, and nothing else. */
async function publishAsFlink(contest: Contest, data: Uint8Array): Promise<void> {
  await contest.observer.createPath(parentPath(layout.connectionInfo));
  await contest.observer.create(layout.connectionInfo, data, { mode: "ephemeral" });
}

Deno.test("followLeader() tells of no leader, a leader, another one, and none again", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  const one = await first.lead();
  await follower.count(2);
  await one.release();
  await follower.count(3);
  const two = await second.lead();
  await follower.count(4);
  await second.zk.close();
  await follower.count(5);
  const { leaderSessionId: a } = one;
  const { leaderSessionId: b } = two;
  assert.deepEqual(follower.ids, [undefined, a, undefined, b, undefined]);
  assert.deepEqual(follower.told[1], {
    leaderSessionId: a,
    address: "http://localhost:8081",
    details: { ...ADDRESS, epoch: one.epoch, version: "0.0.0" },
  });
});

Deno.test("followLeader() tells of a leader that is there already, first of all", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  assert.deepEqual(follower.ids, [leadership.leaderSessionId]);
});

Deno.test("followLeader() without tolerance knows no leader while suspended, and tells of it again", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one");
  const { leaderSessionId } = await candidate.lead();
  await using zk = await openSession(proxy.address);
  await using follower = new Follower(zk, { tolerateSuspendedConnections: false });
  await follower.count(1);
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await follower.count(2);
  await proxy.setMode("pass");
  await follower.count(3);
  assert.deepEqual(follower.ids, [leaderSessionId, undefined, leaderSessionId]);
});

Deno.test("followLeader() keeps to the leader while ZooKeeper restarts, and tells when it goes", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one", { sessionTimeoutMs: 10_000 });
  const leadership = await candidate.lead();
  await using zk = await openSession(contest.server.address, { sessionTimeoutMs: 10_000 });
  await using follower = new Follower(zk);
  await follower.count(1);
  await contest.server.restart();
  await zk.connected({ signal });
  await leadership.release();
  await follower.count(2);
  assert.deepEqual(follower.ids, [leadership.leaderSessionId, undefined]);
});

Deno.test("followLeader() sees a change of leader that happened while it was cut off", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const one = await first.lead();
  await using zk = await openSession(proxy.address);
  await using follower = new Follower(zk);
  await follower.count(1);
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await one.release();
  const two = await second.lead();
  await proxy.setMode("pass");
  await follower.count(2);
  assert.deepEqual(follower.ids, [one.leaderSessionId, two.leaderSessionId]);
});

Deno.test("followLeader() tells of a leader that is not masterd, without details", async () => {
  await using contest = await Contest.start();
  const leader = { address: "http://flink:8081", leaderSessionId: crypto.randomUUID() };
  await publishAsFlink(contest, encodeLeaderInformation(leader));
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  assert.deepEqual(follower.told, [leader]);
  assert.deepEqual(follower.log, []);
});

Deno.test("followLeader() ignores a document of another leadership, and one it cannot read", async () => {
  await using contest = await Contest.start();
  const { observer } = contest;
  const leader = { address: "http://flink:8081", leaderSessionId: crypto.randomUUID() };
  await publishAsFlink(contest, encodeLeaderInformation(leader));
  const details = { ...ADDRESS, epoch: 7n, version: "1" };
  const stale = encodeDetails({ leaderSessionId: crypto.randomUUID(), details });
  await observer.create(layout.details, stale);
  await using follower = new Follower(observer);
  await follower.count(1);
  await observer.setData(layout.details, new TextEncoder().encode("{[foreign"));
  await observer.setData(layout.details, new Uint8Array(900_000).fill(0xff));
  const own = encodeDetails({ leaderSessionId: leader.leaderSessionId, details });
  await observer.setData(layout.details, own);
  await follower.count(2);
  assert.deepEqual(follower.told, [leader, { ...leader, details }]);
});

Deno.test("followLeader() takes bytes it cannot read for no leader, and warns once", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const { observer } = contest;
  await publishAsFlink(contest, new TextEncoder().encode("foreign bytes"));
  await observer.create(layout.details, new Uint8Array());
  await using follower = new Follower(observer);
  await follower.count(1);
  for (let round = 0; round < 5; round++) {
    const { version } = await observer.setData(layout.details, new Uint8Array([round]));
    assert.equal(version, round + 1);
  }
  const { leaderSessionId } = await candidate.lead();
  await follower.count(2);
  assert.deepEqual(follower.ids, [undefined, leaderSessionId]);
  assert.equal(follower.log.length, 1, follower.log.join(""));
  assert.match(
    follower.log[0]!,
    /WARN .*cannot be read path=.*connection_info error=.*Java stream/,
  );
});

Deno.test("followLeader() tells nobody of writes that change nothing", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  for (const path of [layout.connectionInfo, layout.details]) {
    const { data } = await contest.observer.getData(path);
    for (let round = 0; round < 5; round++) await contest.observer.setData(path, data);
  }
  await leadership.release();
  await follower.count(2);
  assert.deepEqual(follower.ids, [leadership.leaderSessionId, undefined]);
});

Deno.test("followLeader() never sees the two nodes disagree", async () => {
  await using contest = await Contest.start();
  await using writer = await openSession(contest.server.address);
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  const publisher = { zk: writer, layout, acl: OPEN_ACL, latchPath: layout.latch };
  const details = { ...ADDRESS, epoch: 1n, version: "0.0.0" };
  let last = "";
  for (let round = 0; round < SWITCHES; round++) {
    last = crypto.randomUUID();
    await publish(publisher, { leaderSessionId: last, details }, signal);
  }
  await until(() => follower.ids.at(-1), (id) => id === last);
  assert.ok(follower.told.length > SWITCHES / 20, `it saw only ${follower.told.length}`);
  const torn = follower.told.slice(1).filter((leader) => leader?.details === undefined);
  assert.deepEqual(torn, []);
});

Deno.test("followLeader() keeps no more watches than nodes, however much is written", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  await using zk = await openSession(contest.server.address);
  await using follower = new Follower(zk);
  for (let round = 0; round < 5; round++) {
    const leadership = await candidate.lead();
    await until(() => follower.ids.at(-1), (id) => id === leadership.leaderSessionId);
    await leadership.release();
    await until(() => follower.ids.at(-1), (id) => id === undefined);
  }
  // The server lists the paths of each session behind its id.
  const watched = (answer: string) =>
    answer.split(/^0x/m).find((part) => part.startsWith(zk.credentials.id.toString(16)));
  const answer = await until(
    () => contest.server.fourLetterWord("wchc"),
    (answer) => watched(answer)?.trim().split("\n").length === 3,
  );
  for (const path of [layout.connectionInfo, layout.details]) {
    assert.ok(watched(answer)?.includes(`\t${path}\n`), answer);
  }
});

Deno.test("followLeader() ends with the signal, also while it waits for the server", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using zk = await openSession(proxy.address);
  {
    await using follower = new Follower(zk);
    await follower.count(1);
  }
  await proxy.setMode("drop");
  const follower = new Follower(zk);
  await follower[Symbol.asyncDispose]();
  assert.deepEqual(follower.told, []);
});

Deno.test("followLeader() throws when the session is over", async () => {
  await using contest = await Contest.start();
  const zk = await openSession(contest.server.address);
  const follower = new Follower(zk);
  await follower.count(1);
  await zk.close();
  await assert.rejects(follower.ended, { code: "SessionClosed" });
});

Deno.test("followLeader() sees nodes come although nothing above them is there yet", async () => {
  await using contest = await Contest.start();
  await using follower = new Follower(contest.observer);
  await follower.count(1);
  assert.equal(await contest.observer.exists(parentPath(layout.details)), undefined);
  await using candidate = await contest.candidate("one");
  const { leaderSessionId } = await candidate.lead();
  await follower.count(2);
  assert.deepEqual(follower.ids, [undefined, leaderSessionId]);
  assert.ok(await contest.observer.exists(joinPath(layout.latch, (await contest.nodes())[0]!)));
});
