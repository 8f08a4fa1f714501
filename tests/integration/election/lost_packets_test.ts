import assert from "node:assert/strict";
import { isZkError } from "zookeeper";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { Contest, errorOf, layout, loss } from "./contest.ts";

/** Gives what is on its way through the proxy the time of a few round trips to get there. */
async function underWay(contest: Contest): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await contest.observer.exists("/");
}

/** Loses what is on hold, and lets the client come back at once. */
async function loseHeld(proxy: TcpProxy): Promise<void> {
  proxy.cutConnections();
  await proxy.setMode("pass");
}

Deno.test("campaign() adopts its node when the reply to the creation is lost", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  const sessionId = candidate.zk.credentials.id;
  await proxy.setMode("hold-replies");
  const campaigning = candidate.campaign();
  await contest.queued("one");
  const nodes = await contest.nodes();
  await loseHeld(proxy);

  const leadership = await campaigning;
  assert.deepEqual(await contest.nodes(), nodes);
  assert.equal(leadership.lost.aborted, false);
  assert.equal(
    leadership.epoch,
    (await contest.observer.exists(await contest.pathOf("one")))!.czxid,
  );
  assert.equal(candidate.zk.credentials.id, sessionId);
});

Deno.test("campaign() creates its node once when the request is lost", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  await proxy.setMode("hold-requests");
  const campaigning = candidate.campaign();
  await underWay(contest);
  assert.deepEqual(await contest.nodes(), []);
  await loseHeld(proxy);
  await campaigning;
  assert.deepEqual(await contest.queue(), ["one"]);
});

Deno.test("campaign() makes one node however often the connection is cut while it joins", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  await proxy.setMode("hold-replies");
  const campaigning = candidate.campaign();
  await contest.queued("one");
  for (let cut = 0; cut < 3; cut++) {
    const accepted = proxy.acceptedCount;
    proxy.cutConnections();
    await until(() => proxy.acceptedCount, (count) => count > accepted);
  }
  await loseHeld(proxy);
  await campaigning;
  assert.deepEqual(await contest.queue(), ["one"]);
});

Deno.test("campaign() does not take the node of an expired session for its own", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  const options = { address: proxy.address, sessionTimeoutMs: 1000 };
  await using candidate = await contest.candidate("one", options);
  await proxy.setMode("hold-replies");
  const campaigning = candidate.campaign();
  const error = errorOf(campaigning);
  await contest.queued("one");
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await contest.queued();
  await proxy.setMode("pass");
  assert.ok(isZkError(await error, "SessionExpired"));
});

Deno.test("campaign() gives an adopted node back when it was aborted meanwhile", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using candidate = await contest.candidate("one", { address: proxy.address });
  await proxy.setMode("hold-replies");
  const controller = new AbortController();
  const reason = new Error("changed its mind");
  const error = errorOf(candidate.campaign(controller.signal));
  await contest.queued("one");
  controller.abort(reason);
  await loseHeld(proxy);
  assert.equal(await error, reason);
  assert.deepEqual(await contest.nodes(), []);
});

for (const mode of ["hold-requests", "hold-replies"] as const) {
  for (const isPublished of [false, true]) {
    const what = `${isPublished ? "all that was published" : "the latch"} under ${mode}`;
    Deno.test(`Leadership.release() gives back ${what}`, async () => {
      await using contest = await Contest.start();
      await using proxy = TcpProxy.start({ target: contest.server.address });
      await using first = await contest.candidate("first", { address: proxy.address });
      await using second = await contest.candidate("second");
      const sessionId = first.zk.credentials.id;
      const leadership = await (isPublished ? first.lead() : first.campaign());
      const waiting = second.campaign();
      await contest.queued("first", "second");

      await proxy.setMode(mode);
      const releasing = leadership.release();
      await underWay(contest);
      await contest.queued(...(mode === "hold-replies" ? ["second"] : ["first", "second"]));
      await loseHeld(proxy);
      await releasing;
      await waiting;
      assert.deepEqual(await contest.queue(), ["second"]);
      assert.equal(await contest.observer.exists(layout.connectionInfo), undefined);
      assert.equal(await contest.observer.exists(layout.details), undefined);
      assert.equal(first.zk.credentials.id, sessionId);
      assert.equal(first.zk.state.kind, "connected");
    });
  }
}

Deno.test("campaign() gives its place back although the deletion is lost", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second", { address: proxy.address });
  await first.campaign();
  const controller = new AbortController();
  const reason = new Error("changed its mind");
  const error = errorOf(second.campaign(controller.signal));
  await contest.queued("first", "second");
  await proxy.setMode("hold-requests");
  controller.abort(reason);
  await underWay(contest);
  await loseHeld(proxy);
  assert.equal(await error, reason);
  assert.deepEqual(await contest.queue(), ["first"]);
  assert.equal(second.zk.state.kind, "connected");
});

Deno.test("campaign() reads the queue again when the connection is lost as it wins", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using first = await contest.candidate("first");
  await using second = await contest.candidate("second", { address: proxy.address });
  const leadership = await first.campaign();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  const nodes = await contest.nodes();
  await proxy.setMode("hold-replies");
  await leadership.release();
  await loseHeld(proxy);
  const next = await waiting;
  assert.equal(next.lost.aborted, false);
  assert.deepEqual(await contest.nodes(), nodes.slice(1));
});

Deno.test("Leadership.release() ends soon when the candidate stops without a connection", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  const options = { address: proxy.address, sessionTimeoutMs: 10_000 };
  await using candidate = await contest.candidate("one", options);
  const controller = new AbortController();
  const tolerance = { tolerateSuspendedConnections: false };
  const leadership = await candidate.campaign(controller.signal, tolerance);
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await loss(leadership);
  controller.abort();
  // Without its own limit it would wait for the session timeout, again and again.
  await leadership.release();
  assert.notEqual(candidate.zk.state.kind, "expired");
  assert.deepEqual(await contest.queue(), ["one"]);
});
