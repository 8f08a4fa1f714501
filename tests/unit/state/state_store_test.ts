import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { nextTurn } from "./event_loop.ts";
import {
  bytesOf,
  ENTRIES,
  forever,
  haltingContent,
  rejects,
  StateFixture,
} from "./state_fixture.ts";

const OPTIONS = { signal: forever };

for (const name of ["", "..", "a/b", "../a", ".a", "x".repeat(1000), "😀", "a b", "__proto__"]) {
  const shown = name.length > 20 ? `${name.length} characters` : JSON.stringify(name);
  Deno.test(`every method refuses the name ${shown} before it asks anybody`, async () => {
    const { store, reader, zk } = new StateFixture();
    const error = await rejects(store.put(name, bytesOf("x"), OPTIONS), "invalid-name");
    assert.match(error.message, /is no name for an entry: 1 to 200 letters, digits/);
    assert.ok(error.message.length < 200);
    await rejects(store.delete(name, OPTIONS), "invalid-name");
    await rejects(reader.get(name, OPTIONS), "invalid-name");
    await rejects(reader.history(name, OPTIONS), "invalid-name");
    await rejects(reader.follow(name, OPTIONS).next(), "invalid-name");
    assert.deepEqual(zk.calls, []);
  });
}

for (const name of ["constructor", "x".repeat(200), "a..b", "toString"]) {
  Deno.test(`put() and get() take the name ${name.slice(0, 20)}`, async () => {
    const fixture = new StateFixture();
    await fixture.put(name, "content");
    assert.equal(await fixture.get(name), "content");
    assert.deepEqual(
      (await fixture.reader.list(OPTIONS)).entries.map(({ name }) => name),
      [name],
    );
  });
}

for (const length of [0, 1, 4096, 1_000_000]) {
  Deno.test(`put() and get() keep ${length} bytes`, async () => {
    const fixture = new StateFixture();
    const text = "x".repeat(length);
    const { entry } = await fixture.store.put("a", bytesOf(text, 4096), OPTIONS);
    assert.equal(entry.length, length);
    assert.equal(await fixture.get("a"), text);
  });
}

Deno.test("put() takes at most as many bytes as it may, and leaves nothing of more", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  await fixture.store.put("a", bytesOf("12345678"), { ...OPTIONS, maxBytes: 8 });
  await rejects(
    fixture.store.put("a", bytesOf("123456789"), { ...OPTIONS, maxBytes: 8 }),
    "too-large",
  );
  await nextTurn();
  assert.equal(await fixture.get("a"), "12345678");
  assert.equal(fixture.blobs.length, 2);
});

Deno.test("put() that expects another version does not take in the content", async () => {
  const fixture = new StateFixture();
  let isAsked = false;
  const content = async function* () {
    isAsked = true;
    yield* bytesOf("x");
  };
  await rejects(
    fixture.store.put("a", content(), { ...OPTIONS, expect: "present" }),
    "version-mismatch",
  );
  assert.ok(!isAsked);
  assert.equal(fixture.storage.blobs.size, 0);
});

Deno.test("put() of a new leader on a server that lags behind expects the right version", async () => {
  const former = new StateFixture();
  const { ensemble, storage } = former;
  await former.put("a", "v1");
  const next = new StateFixture({ ensemble, storage, session: 2n });
  next.zk.isLagging = true;
  const { entry: { version } } = await former.store.put("a", bytesOf("v2"), OPTIONS);
  await next.store.put("a", bytesOf("v3"), { ...OPTIONS, expect: { version } });
  assert.equal(await next.get("a"), "v3");
});

Deno.test("put() whose content hangs ends with leadership, and closes its content", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { content, isClosed, go } = haltingContent();
  const putting = fixture.store.put("a", content, OPTIONS);
  await nextTurn();
  fixture.lost.abort(new Error("Leadership ended"));
  await rejects(putting, "not-leading");
  go();
  await until(isClosed, (isClosed) => isClosed);
  assert.equal(await fixture.successor().get("a"), "v1");
});

Deno.test("every method is refused once leadership is lost, before it asks anybody", async () => {
  const { store, lost, zk, storage } = new StateFixture();
  lost.abort();
  const collect = { graceMs: 0, isDryRun: false, ...OPTIONS };
  await rejects(store.put("a", haltingContent().content, OPTIONS), "not-leading");
  await rejects(store.delete("a", OPTIONS), "not-leading");
  await rejects(store.recover({ required: [], ...OPTIONS }), "not-leading");
  await rejects(store.collect(collect), "not-leading");
  assert.deepEqual(zk.calls, []);
  assert.equal(storage.blobs.size, 0);
});

Deno.test("every method ends with its own signal, also if that has aborted already", async () => {
  const { store } = new StateFixture();
  const signal = AbortSignal.abort(new Error("before it began"));
  await assert.rejects(store.put("a", bytesOf("x"), { signal }), /before it began/);
  await assert.rejects(store.recover({ required: [], signal }), /before it began/);
});

Deno.test("a store that is disposed ends what is under way, and takes no more", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.storage.faults.push({ act: "write", kind: "hang" });
  const hanging = fixture.put("a", "v2");
  const halting = fixture.store.put("b", haltingContent().content, OPTIONS);
  const refused = Promise.all([rejects(hanging, "not-leading"), rejects(halting, "not-leading")]);
  await nextTurn();
  await fixture.store[Symbol.asyncDispose]();
  await refused;
  await rejects(fixture.put("a", "v3"), "not-leading");
  assert.equal(await fixture.get("a"), "v1");
});

Deno.test("a store that is disposed waits for a pointer that is being written", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { zk } = fixture;
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const multi = zk.multi.bind(zk);
  zk.multi = async (steps, options) => {
    asked.resolve();
    await go.promise;
    return await multi(steps, options);
  };
  const putting = fixture.put("a", "v2");
  await asked.promise;
  let isDisposed = false;
  const disposing = fixture.store[Symbol.asyncDispose]().then(() => isDisposed = true);
  await nextTurn();
  assert.ok(!isDisposed);
  go.resolve();
  await putting;
  await disposing;
  assert.equal(await fixture.get("a"), "v2");
});

Deno.test("put() takes two questions and one write of ZooKeeper once it knows the storage", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.zk.calls.length = 0;
  await fixture.put("a", "v2");
  assert.deepEqual(fixture.zk.calls, ["getData", "exists", "multi"]);
});

Deno.test("put() gives every node and blob the epoch of its leader", async () => {
  const fixture = new StateFixture();
  const epoch = fixture.ensemble.tree.get(fixture.latch)!.czxid;
  const { entry } = await fixture.store.put("a", bytesOf("x"), OPTIONS);
  assert.equal(entry.epoch, epoch);
  assert.match(fixture.blobs[0]!, new RegExp(`^a\\.${epoch}\\.1\\.[0-9a-f]{16}$`));
});

Deno.test("an error of ZooKeeper names the act and is told as one", async () => {
  const fixture = new StateFixture();
  for (const name of ["a", "b"]) await fixture.put(name, "v1");
  fixture.ensemble.forbidden.add(`${ENTRIES}/b`);
  const error = await rejects(fixture.put("b", "x"), "broken");
  assert.match(error.message, /b is broken: .* this master may not read it/);
  fixture.zk.faults.push({ operation: "exists", kind: "ThrottledOp" });
  assert.match((await rejects(fixture.put("a", "x"), "unavailable")).message, /^Cannot write a: /);
});
