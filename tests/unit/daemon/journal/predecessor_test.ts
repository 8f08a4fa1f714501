import assert from "node:assert/strict";
import { causeOf } from "../../../../src/daemon/journal/predecessor.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { led } from "../../election/past_leaderships.ts";

const { signal } = new AbortController();
const PROCESS = { pid: 10, startedAt: "2025-12-31T00:00:00.000Z" };

function predecessor(epoch: bigint): LeaderInformation {
  const details = { host: "a", webuiPort: 8081, rpcPort: 1, epoch, version: "0" };
  return { leaderSessionId: "a", address: "http://a:8081", details };
}

/** The cause, when the former leader answers so or cannot be asked. */
function cause(answer: unknown): Promise<string> {
  const ask = () => answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  const facts = { newest: led("7"), predecessor: predecessor(7n) };
  return causeOf(facts, { ask, signal });
}

function nobodyAsked(): Promise<never> {
  throw new Error("nobody is to be asked");
}

Deno.test("causeOf() knows the first leadership, and a gap in the history", async () => {
  const ask = nobodyAsked;
  const none = { newest: undefined, predecessor: undefined };
  assert.equal(await causeOf(none, { ask, signal }), "first");
  const unwritten = { newest: undefined, predecessor: predecessor(7n) };
  assert.equal(await causeOf(unwritten, { ask, signal }), "unknown");
  const inBetween = { newest: led("6"), predecessor: predecessor(7n) };
  assert.equal(await causeOf(inBetween, { ask, signal }), "unknown");
});

Deno.test("causeOf() believes what the former leader has written", async () => {
  for (const ending of ["switchover", "stopped", "command failed"] as const) {
    const facts = { newest: led("7", { ending }), predecessor: undefined };
    assert.equal(await causeOf(facts, { ask: nobodyAsked, signal }), ending);
  }
  const facts = { newest: led("7", { process: null }), predecessor: undefined };
  assert.equal(await causeOf(facts, { ask: nobodyAsked, signal }), "unknown");
});

Deno.test("causeOf() takes a process that is gone, or replaced, for crashed", async () => {
  assert.equal(await cause(new Deno.errors.ConnectionRefused()), "crashed");
  assert.equal(await cause({ node: { ...PROCESS, pid: 11 } }), "crashed");
  assert.equal(await cause({ node: { ...PROCESS, startedAt: "2026" } }), "crashed");
});

Deno.test("causeOf() takes a process that lives without its session for expired", async () => {
  const node = PROCESS;
  assert.equal(
    await cause({ node, connection: { kind: "connected", sessionId: "0x2" } }),
    "expired",
  );
  assert.equal(
    await cause({ node, connection: { kind: "suspended", sessionId: "0x1" } }),
    "expired",
  );
  assert.equal(await cause({ node, connection: { kind: "lost" } }), "expired");
  assert.equal(await cause(new DOMException("late", "TimeoutError")), "expired");
});

Deno.test("causeOf() claims nothing that it does not know", async () => {
  const alive = { node: PROCESS, connection: { kind: "connected", sessionId: "0x1" } };
  for (const answer of [alive, undefined, null, "x", {}, { node: { pid: "1" } }, new Error("?")]) {
    assert.equal(await cause(answer), "unknown", Deno.inspect(answer));
  }
});

Deno.test("causeOf() does not outlive its signal", async () => {
  const stop = new AbortController();
  const ask = () => {
    stop.abort(new Error("over"));
    return Promise.reject(new Error("aborted"));
  };
  const facts = { newest: led("7"), predecessor: undefined };
  await assert.rejects(causeOf(facts, { ask, signal: stop.signal }), /over/);
});
