import assert from "node:assert/strict";
import { aborted } from "../../../../src/async/abortable.ts";
import { StateApi, type StateApiOptions } from "../../../../src/daemon/state/state_api.ts";
import { RequestError } from "../../../../src/http/responses.ts";
import type { StateCallError } from "../../../../src/http/state_calls.ts";
import { StateError } from "../../../../src/state/errors.ts";
import { diskFull, entry, fakeTerm } from "./fake_store.ts";

const signal = new AbortController().signal;
const CURRENT = { leaderSessionId: "current", signal };
const LEADER = { address: "http://a:1", rpcUrl: "http://a:2", leaderSessionId: "s-9" };

async function* pieces(...all: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array, void, void> {
  for (const piece of all) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

/** An API over a term that is held, or over none. */
function api(changes: Partial<StateApiOptions> & { isStandby?: boolean } = {}) {
  const own = fakeTerm();
  const { isStandby, ...options } = changes;
  return {
    ...own,
    own: { leaderSessionId: own.leadership.leaderSessionId, signal },
    api: new StateApi({
      term: () => isStandby ? undefined : own.term,
      openReader: () => Promise.resolve(own.store.reader),
      leader: () => LEADER,
      stopping: signal,
      ...options,
    }),
  };
}

Deno.test("StateApi answers under the leadership that is held, and under no other", async () => {
  const { api: calls, own } = api();
  const stale = { leaderSessionId: crypto.randomUUID(), signal };
  assert.equal((await calls.put("a", pieces(), CURRENT)).isNew, true);
  assert.equal((await calls.put("a", pieces(), own)).isNew, true);
  await assert.rejects(calls.put("a", pieces(), stale), {
    kind: "not-leading",
    details: { leader: LEADER, cause: undefined },
  });
  await assert.rejects(calls.list(stale), { kind: "not-leading" });
  await assert.rejects(calls.get("a", stale), { kind: "not-leading" });
});

Deno.test("StateApi reads on a standby, and writes nothing there", async () => {
  const { api: calls, own, store } = api({ isStandby: true });
  store.read.history = () => Promise.resolve([entry("a", { version: 2n }), entry("a")]);
  assert.equal((await calls.describe("a", CURRENT)).version, 2n);
  assert.equal((await calls.describe("a", { ...CURRENT, version: 1n })).version, 1n);
  await assert.rejects(calls.describe("a", { ...CURRENT, version: 3n }), { kind: "not-found" });
  await assert.rejects(calls.list(own), { kind: "not-leading" });
  await assert.rejects(calls.put("a", pieces(), CURRENT), { kind: "not-leading" });
  await assert.rejects(calls.delete("a", CURRENT), { kind: "not-leading" });
  await assert.rejects(calls.collect({ ...CURRENT, isDryRun: true }), { kind: "not-leading" });
});

Deno.test("StateApi says that a write did nothing when leadership ends under it", async () => {
  const { api: calls, store, leadership } = api();
  store.put = async (_name, _content, { signal }) => {
    leadership.lose("the session expired");
    await aborted(signal);
    throw signal.reason;
  };
  await assert.rejects(calls.put("a", pieces(), CURRENT), { kind: "not-leading" });
  await assert.rejects(calls.put("a", pieces(), CURRENT), { kind: "not-leading" });
});

Deno.test("StateApi sends nobody to the leadership that has just ended here", async () => {
  const { store, leadership, term } = api();
  const { leaderSessionId } = leadership;
  const { api: calls } = api({ term: () => term, leader: () => ({ ...LEADER, leaderSessionId }) });
  store.put = () => {
    leadership.lose("the session expired");
    return Promise.reject(new StateError("not-leading", "nothing was written"));
  };
  for (let count = 0; count < 2; count++) {
    await assert.rejects(calls.put("a", pieces(), CURRENT), (error: StateCallError) => {
      assert.deepEqual([error.kind, error.details.leader], ["not-leading", null]);
      return true;
    });
  }
});

Deno.test("StateApi ends what waits under a leadership with it", async () => {
  const { api: calls, store, own, leadership } = api();
  async function* followed(_name: string, { signal }: { signal: AbortSignal }) {
    yield undefined;
    await aborted(signal);
  }
  store.read = { ...store.read, follow: followed } as never;
  const [mine, anybodys] = [calls.follow("a", own), calls.follow("a", CURRENT)];
  await Promise.all([mine.next(), anybodys.next()]);
  const [ended, goesOn] = [mine.next(), anybodys.next()];
  leadership.lose("the session expired");
  assert.equal((await ended).done, true);
  const first = await Promise.race([goesOn.then(() => "ended"), Promise.resolve("goes on")]);
  assert.equal(first, "goes on");
});

Deno.test("StateApi says when nobody knows whether a write took effect", async () => {
  const { api: calls, store, leadership } = api();
  store.put = () => {
    leadership.lose("the session expired");
    return Promise.reject(new StateError("unknown-outcome", "only reading tells"));
  };
  await assert.rejects(calls.put("a", pieces(), CURRENT), { kind: "unknown-outcome" });
});

Deno.test("StateApi tells a caller who broke off from a storage that failed", async () => {
  const { api: calls, store, term } = api();
  await term.recover(signal);
  const { put } = store;
  store.put = (name, content, options) =>
    put(name, content, options).catch(() => Promise.reject(diskFull()));
  const tooSlow = new RequestError(408, "Nothing of the body arrived");
  await assert.rejects(calls.put("a", pieces(new Uint8Array(1), tooSlow), CURRENT), tooSlow);
  store.put = () => Promise.reject(diskFull());
  await assert.rejects(calls.put("a", pieces(), CURRENT), {
    kind: "storage",
    message: "Cannot write a: no space left",
  });
  const error = await calls.put("a", pieces(), CURRENT).catch((error) => error);
  assert.equal(error.details.reason, "full");
});

Deno.test("StateApi tells the version there is, or that there is none", async () => {
  for (const [version, told] of [[7n, 7n], [undefined, null]] as const) {
    const { api: calls, store } = api();
    store.put = () => Promise.reject(new StateError("version-mismatch", "no", { version }));
    const error = await calls.put("a", pieces(), CURRENT).catch((error) => error);
    assert.equal(error.details.version, told);
  }
});

Deno.test("StateApi names an entry whose content proves broken while it is read", async () => {
  const { api: calls, store, term } = api();
  await term.recover(signal);
  const damage = new StateError("broken", "a is broken: its blob has 1 bytes of 2");
  const found = { entry: entry("a"), content: pieces(new Uint8Array(1), damage) };
  store.read.get = () => Promise.resolve(found);
  store.read.history = () => Promise.resolve([entry("a")]);
  const { content } = await calls.get("a", CURRENT);
  await assert.rejects(Array.fromAsync(content), { name: "StateCallError", kind: "broken" });
  assert.deepEqual(term.status.broken.map(({ name }) => name), ["a"]);
});

Deno.test("StateApi names an entry whose blob is missing, but not for an old version", async () => {
  const { api: calls, store, term } = api();
  await term.recover(signal);
  const missing = new StateError("broken", "a is broken: its blob is missing");
  store.read.get = () => Promise.reject(missing);
  await assert.rejects(calls.get("a", { ...CURRENT, version: 1n }), { kind: "broken" });
  assert.equal(term.status.kind, "healthy");
  await assert.rejects(calls.get("a", CURRENT), { kind: "broken" });
  assert.deepEqual(term.status.broken, [{ name: "a", problem: missing.message }]);
});

Deno.test("StateApi gives up with its caller, and ends what waits when the master stops", async () => {
  const stop = new AbortController();
  const { api: calls, store } = api({
    isStandby: true,
    openReader: () => Promise.resolve({ ...store.read, follow: followed } as never),
    stopping: stop.signal,
  });
  async function* followed(_name: string, { signal }: { signal: AbortSignal }) {
    yield undefined;
    await aborted(signal);
  }
  const changes = calls.follow("a", CURRENT);
  assert.deepEqual(await changes.next(), { done: false, value: undefined });
  const next = changes.next();
  stop.abort();
  assert.equal((await next).done, true);
});

Deno.test("StateApi does not wait for ever for a ZooKeeper that is away", async () => {
  const gone = new AbortController();
  const { api: calls } = api({
    isStandby: true,
    openReader: async (signal) => {
      await aborted(signal);
      throw signal.reason;
    },
  });
  const reading = calls.list({ leaderSessionId: "current", signal: gone.signal });
  gone.abort(new Error("the caller went away"));
  await assert.rejects(reading, { message: "the caller went away" });
});
