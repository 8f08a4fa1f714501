import assert from "node:assert/strict";
import { isZkError, parentPath, TransactionError } from "zookeeper";
import { decodeLeaderInformation } from "../../../src/election/java_stream.ts";
import { decodeDetails } from "../../../src/election/leader_details.ts";
import { type Leadership, LeadershipLostError } from "../../../src/election/leadership.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ADDRESS, Contest, errorOf, layout, LIMIT_MS, loss } from "./contest.ts";

const signal = AbortSignal.timeout(LIMIT_MS * 5);
const NODES = [layout.connectionInfo, layout.details];
const FOREIGN = new TextEncoder().encode("written by somebody else");

/** The session ids in both nodes; undefined for a node that is missing or cannot be read. */
async function published(contest: Contest): Promise<(string | undefined)[]> {
  const [information, details] = await Promise.all(
    NODES.map((path) =>
      contest.observer.getData(path).then(({ data }) => data, (error) => {
        if (!isZkError(error, "NoNode")) throw error;
        return new Uint8Array();
      })
    ),
  );
  return [leaderIn(information!), decodeDetails(details!)?.leaderSessionId];
}

function leaderIn(bytes: Uint8Array): string | undefined {
  try {
    return decodeLeaderInformation(bytes)?.leaderSessionId;
  } catch {
    return undefined;
  }
}

/** Waits until both nodes say that this one leads. */
async function publishedBy(contest: Contest, { leaderSessionId }: Leadership): Promise<void> {
  await until(() => published(contest), (ids) => ids.every((id) => id === leaderSessionId));
}

/** Puts a node of another session, or of none, in the place of what is there. */
async function usurp(contest: Contest, mode: "ephemeral" | "persistent"): Promise<void> {
  await contest.observer.createPath(parentPath(layout.connectionInfo));
  for (const path of NODES) {
    if (await contest.observer.exists(path)) await contest.observer.delete(path);
    await contest.observer.create(path, FOREIGN, { mode });
  }
}

Deno.test("Leadership.publish() writes Flink's bytes and our document, in one transaction", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  await leadership.publish({ host: "::1", webuiPort: 8082, rpcPort: 50011 }, { signal });
  const [information, details] = await Promise.all(
    NODES.map((path) => contest.observer.getData(path)),
  );
  const { leaderSessionId, epoch } = leadership;
  assert.deepEqual(decodeLeaderInformation(information!.data), {
    address: "http://[::1]:8082",
    leaderSessionId,
  });
  assert.deepEqual(decodeDetails(details!.data), {
    leaderSessionId,
    details: { host: "::1", webuiPort: 8082, rpcPort: 50011, epoch, version: "0.0.0" },
  });
  assert.equal(information!.stat.czxid, details!.stat.czxid);
  for (const { stat } of [information!, details!]) {
    assert.equal(stat.ephemeralOwner, candidate.zk.credentials.id);
  }
});

Deno.test("Leadership.publish() may be called again, and the last address stays", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  const webuiPorts = [8082, 8083, 8084];
  for (const webuiPort of webuiPorts) {
    await leadership.publish({ ...ADDRESS, webuiPort }, { signal });
  }
  await contest.observer.setData(layout.details, FOREIGN);
  await publishedBy(contest, leadership);
  const { data } = await contest.observer.getData(layout.details);
  assert.equal(decodeDetails(data)?.details.webuiPort, 8084);
  await leadership.release();
  assert.deepEqual(await published(contest), [undefined, undefined]);
});

Deno.test("Leadership.publish() is refused once the latch node is gone", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  const leadership = await candidate.campaign();
  // What the server says of the deletion is held back: only the transaction can tell.
  await proxy.setMode("hold-replies");
  await contest.deleteNode("one");
  const error = errorOf(leadership.publish(ADDRESS, { signal }));
  await proxy.setMode("pass");
  assert.ok(await error instanceof LeadershipLostError);
  assert.deepEqual(await published(contest), [undefined, undefined]);
});

Deno.test("Leadership.publish() rejects with the signal's reason, and release() takes all back", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  for (let turns = 0; turns < 12; turns++) {
    const leadership = await candidate.campaign();
    const controller = new AbortController();
    const publishing = leadership.publish(ADDRESS, { signal: controller.signal }).catch(() => {});
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    if (turns >= 6) await contest.observer.exists("/");
    controller.abort(new Error("took too long"));
    await Promise.all([publishing, leadership.release()]);
    await candidate.zk.sync(layout.latch);
    assert.deepEqual(await published(contest), [undefined, undefined]);
    assert.deepEqual(await contest.nodes(), []);
  }
});

Deno.test("Leadership.release() while publish() is under way leaves nothing behind", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  for (let turns = 0; turns < 12; turns++) {
    const leadership = await candidate.campaign();
    const error = errorOf(leadership.publish(ADDRESS, { signal }));
    for (let turn = 0; turn < turns % 4; turn++) await contest.observer.exists("/");
    await leadership.release();
    // Undefined if it was quicker than the release.
    assert.ok(await error === undefined || await error instanceof LeadershipLostError);
    await candidate.zk.sync(layout.latch);
    assert.deepEqual(await published(contest), [undefined, undefined]);
    assert.deepEqual(await contest.nodes(), []);
  }
});

for (const mode of ["ephemeral", "persistent"] as const) {
  Deno.test(`Leadership.publish() replaces ${mode} nodes of somebody else by its own`, async () => {
    await using contest = await Contest.start();
    await usurp(contest, mode);
    await using candidate = await contest.candidate("one");
    const leadership = await candidate.lead();
    await publishedBy(contest, leadership);
    for (const path of NODES) {
      const stat = await contest.observer.exists(path);
      assert.equal(stat?.ephemeralOwner, candidate.zk.credentials.id);
    }
  });
}

Deno.test("Leadership.publish() replaces what a deposed leader left whose session lives", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  const deposed = await first.lead();
  await contest.deleteNode("first");
  await loss(deposed);
  const leadership = await second.lead();
  await publishedBy(contest, leadership);
  await deposed.release();
  await first.zk.close();
  await publishedBy(contest, leadership);
  assert.equal(leadership.lost.aborted, false);
});

Deno.test("Leadership.publish() writes over what an earlier leadership of the same session left", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const deposed = await candidate.lead();
  await contest.deleteNode("one");
  await loss(deposed);
  const leadership = await candidate.lead();
  await deposed.release();
  await publishedBy(contest, leadership);
  await leadership.release();
  assert.deepEqual(await published(contest), [undefined, undefined]);
});

Deno.test("Leadership.publish() names the node that cannot be replaced", async () => {
  await using contest = await Contest.start();
  await usurp(contest, "persistent");
  await contest.observer.create(`${layout.details}/child`, FOREIGN);
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.campaign();
  await assert.rejects(leadership.publish(ADDRESS, { signal }), (error) => {
    assert.ok(error instanceof TransactionError);
    assert.equal(error.code, "NotEmpty");
    assert.equal(error.path, layout.details);
    return true;
  });
  assert.equal(leadership.lost.aborted, false);
  await leadership.release();
  assert.deepEqual(await contest.nodes(), []);
});

for (const path of NODES) {
  const name = path.slice(path.lastIndexOf("/") + 1);

  Deno.test(`Leadership writes ${name} again after somebody changed it`, async () => {
    await using contest = await Contest.start();
    await using candidate = await contest.candidate("one");
    const leadership = await candidate.lead();
    await contest.observer.setData(path, FOREIGN);
    await publishedBy(contest, leadership);
    await contest.observer.delete(path);
    await publishedBy(contest, leadership);
    assert.equal(leadership.lost.aborted, false);
  });

  Deno.test(`Leadership.release() takes back the rest when somebody removed ${name}`, async () => {
    await using contest = await Contest.start();
    await using candidate = await contest.candidate("one");
    const leadership = await candidate.lead();
    await contest.observer.delete(path);
    await leadership.release();
    assert.deepEqual(await published(contest), [undefined, undefined]);
    assert.deepEqual(await contest.nodes(), []);
  });
}

Deno.test("Leadership.release() takes back all but what somebody made undeletable", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  await contest.observer.multi([
    { kind: "delete", path: layout.details },
    { kind: "create", path: layout.details, data: FOREIGN },
    { kind: "create", path: `${layout.details}/child`, data: FOREIGN },
  ]);
  await leadership.release();
  assert.equal(await contest.observer.exists(layout.connectionInfo), undefined);
  assert.deepEqual(await contest.nodes(), []);
});

Deno.test("Leadership takes a foreign node back that replaced its own", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  await usurp(contest, "ephemeral");
  await publishedBy(contest, leadership);
});

Deno.test("Leadership answers a foreign writer at growing intervals only", async () => {
  await using contest = await Contest.start();
  await using candidate = await contest.candidate("one");
  const leadership = await candidate.lead();
  const startedAt = performance.now();
  for (let round = 0; round < 4; round++) {
    await contest.observer.setData(layout.connectionInfo, FOREIGN);
    await publishedBy(contest, leadership);
  }
  // 100, 200, 400 and 800 ms, each shortened by up to half.
  assert.ok(performance.now() - startedAt >= 745);
  assert.equal(candidate.logged(/WARN .*changed by another/), 4);
  const stat = await contest.observer.exists(layout.connectionInfo);
  assert.equal(stat?.version, 4 * 2);
});

Deno.test("Leadership stops writing as soon as it is released, whoever writes", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second");
  for (let round = 0; round < 10; round++) {
    const leadership = await first.lead();
    const waiting = second.lead();
    await contest.queued("first", "second");
    await contest.observer.setData(layout.connectionInfo, FOREIGN);
    if (round % 2 === 0) {
      await until(() => first.logged(/changed by/), (count) => count > round / 2);
    }
    await leadership.release();
    const next = await waiting;
    await publishedBy(contest, next);
    assert.deepEqual(await published(contest), [next.leaderSessionId, next.leaderSessionId]);
    await next.release();
  }
});

Deno.test("Leadership of a deposed leader never removes what its successor published", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first", { address: proxy.address });
  await using second = await contest.candidate("second");
  for (let round = 0; round < 10; round++) {
    const deposed = await first.lead();
    const waiting = second.lead();
    await contest.queued("first", "second");
    // The release waits in the proxy until the latch node is gone and the successor is known.
    await proxy.setMode("hold-requests");
    const releasing = deposed.release();
    await contest.deleteNode("first");
    const next = await waiting;
    await proxy.setMode("pass");
    await releasing;
    assert.deepEqual(await published(contest), [next.leaderSessionId, next.leaderSessionId]);
    await next.release();
  }
});
