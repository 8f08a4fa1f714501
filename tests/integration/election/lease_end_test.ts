import assert from "node:assert/strict";
import { type ProxyMode, TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { Contest, loss } from "./contest.ts";

const SESSION_TIMEOUT_MS = 1500;

/** Ways in which a leader loses its server for good. T29: each is tested refused and as a black hole. */
const CUTS: Record<string, (proxy: TcpProxy) => Promise<void>> = {
  "is refused": (proxy) => cut(proxy, "refuse"),
  "gets no answers from a black hole (T2)": (proxy) => proxy.setMode("drop"),
  "gets through, but no answer comes back": (proxy) => proxy.setMode("hold-replies"),
  "does not get through, one way": (proxy) => proxy.setMode("hold-requests"),
  "is reset, and then meets a black hole": async (proxy) => {
    // Bytes that the proxy has not read make the kernel reset the connection.
    await proxy.setMode("hold-requests");
    await new Promise((resolve) => setTimeout(resolve, SESSION_TIMEOUT_MS / 2));
    await cut(proxy, "drop");
  },
};

async function cut(proxy: TcpProxy, mode: ProxyMode): Promise<void> {
  await proxy.setMode(mode);
  proxy.cutConnections();
}

for (const [what, breakLink] of Object.entries(CUTS)) {
  Deno.test(`a leader that ${what} is lost at its deadline, before another leads`, async () => {
    await using contest = await Contest.start();
    await using proxy = TcpProxy.start({ target: contest.server.address });
    const sessionTimeoutMs = SESSION_TIMEOUT_MS;
    await using first = await contest.candidate("first", {
      address: proxy.address,
      sessionTimeoutMs,
    });
    await using second = await contest.candidate("second");
    const leadership = await first.lead();
    let lostAt = Infinity;
    leadership.lost.addEventListener("abort", () => lostAt = performance.now());
    const waiting = second.campaign().then((next) => ({ next, electedAt: performance.now() }));
    await contest.queued("first", "second");
    await breakLink(proxy);
    const reason = await loss(leadership);
    const deadline = leadership.deadline();
    // A request to come back that gets through keeps the session, and with it the node, alive.
    await proxy.setMode("drop");
    const { next, electedAt } = await waiting;
    assert.equal(reason.message, "Leadership ended: its lease ran out");
    assert.ok(deadline <= lostAt, `${deadline} ${lostAt}`);
    assert.ok(lostAt < electedAt, `lost at ${lostAt}, another leads at ${electedAt}`);
    assert.ok(next.epoch > leadership.epoch);
    await proxy.setMode("pass");
    await leadership.release();
  });
}

Deno.test("a leader whose lease ran out gives its node back when ZooKeeper answers again (T11)", async () => {
  await using contest = await Contest.start();
  await using first = await contest.candidate("first", { sessionTimeoutMs: SESSION_TIMEOUT_MS });
  await using second = await contest.candidate("second");
  const leadership = await first.lead();
  const waiting = second.campaign();
  await contest.queued("first", "second");
  await contest.server.stop();
  await loss(leadership);
  const releasing = leadership.release();
  // Its session lives: a server that starts again gives each its whole timeout.
  await contest.server.restart();
  await releasing;
  const next = await waiting;
  assert.ok(next.epoch > leadership.epoch);
  assert.deepEqual(await contest.queue(), ["second"]);
  await until(() => first.zk.state.kind, (kind) => kind === "connected");
});
