import assert from "node:assert/strict";
import type { StorageErrorKind } from "../../../src/storage/errors.ts";
import type { FileStorage } from "../../../src/storage/file_storage.ts";
import type { FileCall } from "../../support/failing_file_system.ts";
import { until } from "../../support/until.ts";
import { endless, manyPieces, pieces, textOf } from "./contents.ts";
import { StorageFixture } from "./file_storage_fixture.ts";

async function withOldBlob(): Promise<StorageFixture> {
  const fixture = await StorageFixture.create();
  await fixture.storage.write("state/old", pieces("old"), fixture);
  return fixture;
}

/** Waits until a write that was given up has put its things in order. */
async function undone(fixture: StorageFixture): Promise<void> {
  await until(() => fixture.failing.calls.at(-1), (call) => call === "remove");
  await until(() => fixture.names(), (names) => names.length === 1);
}

/** Nothing is there but the old blob, which can be read, and a new one can be written. */
async function assertUnharmed(fixture: StorageFixture): Promise<void> {
  fixture.failing.heal();
  assert.deepEqual(await fixture.names(), ["old"]);
  assert.equal(await fixture.text("state/old"), "old");
  await fixture.storage.write("state/new", pieces("new"), fixture);
  assert.equal(await fixture.text("state/new"), "new");
}

/** For calls that hang only: on a slow host others take as long. */
const LIMIT_MS = 1000;

function impatient(fixture: StorageFixture): FileStorage {
  return fixture.open({ timeoutMs: LIMIT_MS });
}

const WRITE_CALLS: readonly FileCall[] = [
  "create",
  "append",
  "flush",
  "seal",
  "link",
  "remove",
  "syncFolder",
];

const KINDS: readonly [string, StorageErrorKind][] = [
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
  ["EFBIG", "full"],
  ["EROFS", "read-only"],
  ["EACCES", "denied"],
  ["EPERM", "denied"],
  ["EIO", "failed"],
  ["ESTALE", "failed"],
  ["ENOTDIR", "misconfigured"],
];

const largeBlob = () => manyPieces(130, 65_536);

for (const call of WRITE_CALLS) {
  Deno.test(`write() leaves nothing behind when ${call} fails`, async () => {
    await using fixture = await withOldBlob();
    fixture.failing.fail(call, { code: "EIO", times: 1 });
    await assert.rejects(fixture.storage.write("state/new", largeBlob(), fixture), {
      name: "StorageError",
      kind: "failed",
      message: `Cannot write ${fixture.path("state/new")}: the device failed (EIO)`,
    });
    await assertUnharmed(fixture);
  });

  Deno.test(`write() leaves nothing behind when ${call} fails and took effect`, async () => {
    await using fixture = await withOldBlob();
    fixture.failing.fail(call, { code: "EIO", times: 1, takesEffect: true });
    await assert.rejects(fixture.storage.write("state/new", largeBlob(), fixture), {
      kind: "failed",
    });
    await assertUnharmed(fixture);
  });

  Deno.test(`write() is aborted while ${call} hangs, and undone when it ends`, async () => {
    await using fixture = await withOldBlob();
    const stop = new AbortController();
    const hold = Promise.withResolvers<void>();
    fixture.failing.fail(call, { until: hold.promise });
    const from = fixture.failing.calls.length;
    const writing = fixture.storage.write("state/new", largeBlob(), stop);
    writing.catch(() => {});
    await until(() => fixture.failing.calls.slice(from), (calls) => calls.includes(call));
    stop.abort(new Error("enough"));
    await assert.rejects(writing, { message: "enough" });
    hold.resolve();
    await undone(fixture);
    await assertUnharmed(fixture);
  });
}

async function assertGivenUp(call: FileCall): Promise<void> {
  await using fixture = await withOldBlob();
  await using storage = impatient(fixture);
  const hold = Promise.withResolvers<void>();
  fixture.failing.fail(call, { until: hold.promise });
  await assert.rejects(storage.write("state/new", largeBlob(), fixture), {
    name: "StorageError",
    kind: "timeout",
    message: `Cannot write ${fixture.path("state/new")}: nothing moved for ${LIMIT_MS} ms`,
  }, call);
  hold.resolve();
  await undone(fixture);
  await assertUnharmed(fixture);
}

Deno.test("write() is given up when a call hangs, and undone when the call ends", async () => {
  await Promise.all(WRITE_CALLS.map(assertGivenUp));
});

for (const [code, kind] of KINDS) {
  Deno.test(`a failure with ${code} is one of the kind ${kind}`, async () => {
    await using fixture = await withOldBlob();
    const { failing, storage } = fixture;
    for (const call of ["seal", "open", "names", "remove"] as const) failing.fail(call, { code });
    await assert.rejects(storage.write("state/new", pieces("new"), fixture), { kind });
    await assert.rejects(fixture.text("state/old"), { kind });
    await assert.rejects(Array.fromAsync(storage.list("state", fixture)), { kind });
    await assert.rejects(storage.delete("state/old", fixture), { kind });
  });
}

Deno.test("write() says what it could not put in order", async () => {
  await using fixture = await withOldBlob();
  fixture.failing.fail("link", { code: "EIO" });
  fixture.failing.fail("remove", { code: "EIO" });
  await assert.rejects(fixture.storage.write("state/new", pieces("new"), fixture));
  await fixture.log.line(/WARN .*stays behind name=new temporaryName=\.unfinished-/);
});

Deno.test("write() passes on what its content throws, and leaves nothing behind", async () => {
  await using fixture = await withOldBlob();
  async function* broken() {
    yield new Uint8Array(10);
    throw new TypeError("no more");
  }
  await assert.rejects(fixture.storage.write("state/new", broken(), fixture), {
    name: "TypeError",
    message: "no more",
  });
  await assertUnharmed(fixture);
});

Deno.test("write() ends a content that it does not need to its end", async () => {
  await using fixture = await withOldBlob();
  let hasEnded = false;
  async function* content() {
    try {
      yield* manyPieces(10, 10);
    } finally {
      hasEnded = true;
    }
  }
  fixture.failing.fail("append", { code: "ENOSPC" });
  await assert.rejects(fixture.storage.write("state/new", content(), fixture), { kind: "full" });
  assert.ok(hasEnded);
});

Deno.test("write() waits for its content as long as it is wanted", async () => {
  await using fixture = await withOldBlob();
  await using storage = impatient(fixture);
  const stop = new AbortController();
  const { content, isWaiting } = endless();
  const writing = storage.write("state/new", content, stop);
  await isWaiting;
  const isOver = await Promise.race([writing.then(() => true, () => true), after(1.3 * LIMIT_MS)]);
  assert.equal(isOver, undefined);
  stop.abort(new Error("enough"));
  await assert.rejects(writing, { message: "enough" });
  await undone(fixture);
  await assertUnharmed(fixture);
});

Deno.test("write() takes its own link for its own when the answer was lost", async () => {
  await using fixture = await withOldBlob();
  fixture.failing.fail("link", { code: "EEXIST", takesEffect: true });
  await fixture.storage.write("state/new", pieces("new"), fixture);
  assert.equal(await fixture.text("state/new"), "new");
  assert.deepEqual(await fixture.names(), ["new", "old"]);
});

Deno.test("write() does without hard links, and refuses a name that is taken", async () => {
  await using fixture = await withOldBlob();
  for (const code of ["EPERM", "ENOTSUP", "ENOSYS"]) {
    fixture.failing.fail("link", { code });
    await fixture.storage.write(`state/${code}`, pieces("new"), fixture);
    assert.equal(await fixture.text(`state/${code}`), "new");
    const again = fixture.storage.write("state/old", pieces("again"), fixture);
    await assert.rejects(again, { kind: "exists" });
  }
  assert.equal(await fixture.text("state/old"), "old");
  assert.deepEqual(await fixture.names(), ["ENOSYS", "ENOTSUP", "EPERM", "old"]);
});

Deno.test("read() is given up when the file system hangs, and the file is closed", async () => {
  await using fixture = await StorageFixture.create();
  await using storage = impatient(fixture);
  const { failing } = fixture;
  await fixture.storage.write("state/a", manyPieces(10, 65_536), fixture);
  const hold = Promise.withResolvers<void>();
  for (const call of ["open", "read"] as const) {
    failing.fail(call, { until: hold.promise });
    await assert.rejects(textOf(storage.read("state/a", fixture)), { kind: "timeout" });
    if (call === "open") assert.ok(!failing.calls.includes("close"));
    failing.heal();
  }
  hold.resolve();
  const closed = () => failing.calls.filter((call) => call === "close").length;
  await until(closed, (count) => count === 2);
});

Deno.test("read() ends with its signal", async () => {
  await using fixture = await StorageFixture.create();
  const { failing, storage } = fixture;
  await storage.write("state/a", manyPieces(10, 65_536), fixture);
  const hold = Promise.withResolvers<void>();
  failing.fail("read", { until: hold.promise });
  const stop = new AbortController();
  const reading = textOf(storage.read("state/a", stop));
  reading.catch(() => {});
  await until(() => failing.calls, (calls) => calls.includes("read"));
  stop.abort(new Error("enough"));
  await assert.rejects(reading, { message: "enough" });
  hold.resolve();
});

Deno.test("not more than 32 calls hang at once; the next ones are not even made", async () => {
  await using fixture = await withOldBlob();
  await using storage = impatient(fixture);
  const { failing } = fixture;
  const hold = Promise.withResolvers<void>();
  failing.fail("open", { until: hold.promise });
  const text = () => textOf(storage.read("state/old", fixture));
  const reads = Array.from({ length: 40 }, text);
  for (const result of await Promise.allSettled(reads)) {
    assert.equal(result.status === "rejected" && result.reason.kind, "timeout");
  }
  await assert.rejects(storage.delete("state/old", fixture), { kind: "timeout" });
  assert.equal(failing.calls.filter((call) => call === "open").length, 32);
  hold.resolve();
  failing.heal();
  await until(text, (found) => found === "old");
});

Deno.test("a storage whose file system hangs can be closed", async () => {
  const hold = Promise.withResolvers<void>();
  const fixture = await withOldBlob();
  const storage = impatient(fixture);
  fixture.failing.fail("seal", { until: hold.promise });
  const writing = storage.write("state/new", pieces("new"), fixture);
  await assert.rejects(writing, { kind: "timeout" });
  await storage[Symbol.asyncDispose]();
  hold.resolve();
  await undone(fixture);
  await fixture[Symbol.asyncDispose]();
});

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
