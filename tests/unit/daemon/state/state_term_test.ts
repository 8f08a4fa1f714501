import assert from "node:assert/strict";
import { aborted } from "../../../../src/async/abortable.ts";
import { StateError } from "../../../../src/state/errors.ts";
import { StorageError } from "../../../../src/storage/errors.ts";
import { until } from "../../../support/until.ts";
import { diskFull, entry, fakeTerm, NEVER } from "./fake_store.ts";

const signal = new AbortController().signal;
const BROKEN = { name: "b", problem: "b is broken: its blob is missing" };

async function* content(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array([1]);
}

Deno.test("StateTerm recovers: broken entries are named and block nobody", async () => {
  const { term, store, log } = fakeTerm();
  store.recover = () => Promise.resolve({ entries: 2, broken: [BROKEN], missing: [] });
  assert.deepEqual(await term.recover(signal), { kind: "recovered" });
  assert.deepEqual([term.status.kind, term.status.brokenCount], ["degraded", 1]);
  await log.line(/an entry of the state is broken name=b /);
});

Deno.test("StateTerm does not lead without what is required", async () => {
  const { term, store } = fakeTerm({ configuration: { required: ["a", "b"] } });
  store.recover = ({ required }) => {
    assert.deepEqual(required, ["a", "b"]);
    return Promise.resolve({ entries: 2, broken: [BROKEN], missing: [] });
  };
  assert.deepEqual(await term.recover(signal), {
    kind: "refused",
    reason: "the state lacks what is required: b is broken: its blob is missing",
  });
});

Deno.test("StateTerm leads where what is required was never written", async () => {
  const { term, store, log } = fakeTerm({ configuration: { required: ["a"] } });
  store.recover = () => Promise.resolve({ entries: 0, broken: [], missing: ["a"] });
  assert.deepEqual(await term.recover(signal), { kind: "recovered" });
  await log.line(/WARN .*does not exist yet name=a/);
});

for (const [required, kind] of [[[], "recovered"], [["a"], "refused"]] as const) {
  Deno.test(`StateTerm that cannot ask its storage in time is ${kind} with ${required.length} required`, async () => {
    const { term, store } = fakeTerm({ configuration: { required, recoverTimeoutMs: 20 } });
    store.recover = async ({ signal }) => {
      await aborted(signal);
      throw signal.reason;
    };
    assert.equal((await term.recover(signal)).kind, kind);
    assert.equal(term.status.kind, "degraded");
    assert.match(term.status.lastError!, /longer than 20 ms/);
  });
}

Deno.test("StateTerm that is interrupted neither leads nor refuses", async () => {
  const { term, store } = fakeTerm({ configuration: { required: ["a"] } });
  const stop = new AbortController();
  store.recover = ({ signal }) => {
    stop.abort(new Error("the daemon stops"));
    return Promise.reject(signal.reason);
  };
  assert.deepEqual(await term.recover(stop.signal), { kind: "interrupted" });
  assert.equal(term.status.kind, "recovering");
});

Deno.test("StateTerm is degraded by a storage that fails, until a write succeeds", async () => {
  const { term, store } = fakeTerm();
  const { put } = store;
  await term.recover(signal);
  store.put = () => Promise.reject(diskFull());
  await assert.rejects(term.put("a", content(), {}), { kind: "storage" });
  assert.deepEqual([term.status.kind, term.status.lastError], [
    "degraded",
    "Cannot write a: no space left",
  ]);
  store.put = () => Promise.reject(new StateError("version-mismatch", "a has version 7"));
  await assert.rejects(term.put("a", content(), {}), { kind: "version-mismatch" });
  assert.equal(term.status.kind, "degraded");
  store.put = put;
  await term.put("a", content(), {});
  assert.deepEqual([term.status.kind, term.status.entries], ["healthy", 1]);
});

Deno.test("StateTerm is not degraded by callers who are wrong", async () => {
  const { term, store } = fakeTerm();
  await term.recover(signal);
  for (const kind of ["invalid-name", "too-large", "not-leading", "unknown-outcome"] as const) {
    store.put = () => Promise.reject(new StateError(kind, kind));
    await assert.rejects(term.put("a", content(), {}), { kind });
  }
  store.delete = () => Promise.reject(new StateError("not-found", "none"));
  await assert.rejects(term.delete("a", {}), { kind: "not-found" });
  assert.equal(term.status.kind, "healthy");
});

Deno.test("StateTerm looks at a storage that failed again and again, and writes to it", async () => {
  const { term, store, storage } = fakeTerm({ times: { ...NEVER, examineEveryMs: 5 } });
  const { write } = storage;
  await term.recover(signal);
  store.put = () => Promise.reject(diskFull());
  let trials = 0;
  storage.write = () => {
    trials++;
    return Promise.reject(new StorageError("full", "no space left"));
  };
  const end = Promise.withResolvers<void>();
  const working = term.duringUpkeep(() => end.promise);
  await term.put("a", content(), {}).catch(() => {});
  await until(() => trials, (trials) => trials >= 3);
  assert.equal(term.status.kind, "degraded");
  storage.write = write;
  await until(() => term.status.kind, (kind) => kind === "healthy");
  assert.equal(storage.blobs.size, 0);
  end.resolve();
  await working;
});

Deno.test("StateTerm reads again what is known to be broken when it looks", async () => {
  const { term, store } = fakeTerm();
  store.recover = () => Promise.resolve({ entries: 2, broken: [BROKEN], missing: [] });
  await term.recover(signal);
  store.recover = ({ required }) => {
    assert.deepEqual(required, ["b"]);
    return Promise.resolve({ entries: 2, broken: [], missing: [] });
  };
  await term.examine();
  assert.equal(term.status.kind, "healthy");
});

Deno.test("StateTerm notices, with the next collection, that what was broken is repaired", async () => {
  const { term, store } = fakeTerm({ times: { ...NEVER, startAfterMs: 1, collectEveryMs: 5 } });
  await term.recover(signal);
  await term.duringUpkeep(async () => {
    term.foundBroken(BROKEN);
    store.recover = () => Promise.resolve({ entries: 2, broken: [BROKEN], missing: [] });
    await assert.rejects(
      until(() => term.status.kind, (kind) => kind === "healthy", { limitMs: 50 }),
    );
    store.recover = () => Promise.resolve({ entries: 2, broken: [], missing: [] });
    await until(() => term.status.kind, (kind) => kind === "healthy");
  });
});

Deno.test("StateTerm ends its upkeep with the work, and passes its end on", async () => {
  const { term, store } = fakeTerm({ times: { ...NEVER, startAfterMs: 1, collectEveryMs: 1 } });
  let collections = 0;
  store.collect = ({ graceMs, isDryRun }) => {
    assert.deepEqual([graceMs, isDryRun], [1000, false]);
    collections++;
    return collections === 1
      ? Promise.reject(diskFull())
      : Promise.resolve({ removed: [], waiting: [], finishedDeletions: [] });
  };
  const end = await term.duringUpkeep(async () => {
    await until(() => collections, (count) => count >= 3);
    return "done";
  });
  assert.equal(end, "done");
  const before = collections;
  await assert.rejects(term.duringUpkeep(() => Promise.reject(new Error("work failed"))), {
    message: "work failed",
  });
  assert.ok(collections - before <= 1);
});

Deno.test("StateTerm ends with its work, whatever its upkeep waits for", async () => {
  const { term, store } = fakeTerm({ times: { ...NEVER, startAfterMs: 1 } });
  const begun = Promise.withResolvers<void>();
  store.collect = async ({ signal }) => {
    begun.resolve();
    await aborted(signal);
    throw signal.reason;
  };
  assert.equal(await term.duringUpkeep(() => begun.promise.then(() => "done")), "done");
  await term[Symbol.asyncDispose]();
});

Deno.test("StateTerm lets work end in its own time when leadership is lost", async () => {
  const { term, leadership } = fakeTerm();
  const finish = Promise.withResolvers<string>();
  const working = term.duringUpkeep(() => finish.promise);
  leadership.lose("the session expired");
  assert.ok(term.over.aborted);
  assert.ok(!term.isHeld());
  finish.resolve("stopped");
  assert.equal(await working, "stopped");
});

Deno.test("StateTerm ends what is under way when it is closed", async () => {
  const { term, store } = fakeTerm();
  store.put = async (_name, _content, { signal }) => {
    await aborted(signal);
    throw signal.reason;
  };
  const putting = term.put("a", content(), {});
  putting.catch(() => {});
  await term[Symbol.asyncDispose]();
  await assert.rejects(putting, { message: "This leadership is over" });
  assert.ok(store.isDisposed);
});

Deno.test("StateTerm names an entry that proved broken, unless it was replaced meanwhile", async () => {
  const { term, store } = fakeTerm();
  await term.recover(signal);
  store.read.history = () => Promise.resolve([entry("a", { version: 2n })]);
  await term.provedBroken(entry("a", { version: 1n }), "a is broken");
  assert.equal(term.status.brokenCount, 0);
  await term.provedBroken(entry("a", { version: 2n }), "a is broken");
  assert.deepEqual(term.status.broken, [{ name: "a", problem: "a is broken" }]);
});

Deno.test("StateTerm tells of each failure of its storage, and of no other", async () => {
  const { term, store, storageFailures } = fakeTerm();
  await term.recover(signal);
  store.put = () => Promise.reject(new StateError("version-mismatch", "a has version 7"));
  await assert.rejects(term.put("a", content(), {}));
  assert.deepEqual(storageFailures, []);
  store.put = () => Promise.reject(diskFull());
  await assert.rejects(term.put("a", content(), {}));
  await assert.rejects(term.put("a", content(), {}));
  assert.equal(storageFailures.length, 2);
});
