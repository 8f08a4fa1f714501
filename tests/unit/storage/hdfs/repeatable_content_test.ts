import assert from "node:assert/strict";
import { RepeatableContent } from "../../../../src/storage/hdfs/repeatable_content.ts";

async function* numbered(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield Uint8Array.of(i);
  }
}

async function rest(pieces: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const piece of pieces) bytes.push(...piece);
  return bytes;
}

Deno.test("read() begins anew after a reader that stopped in the middle", async () => {
  using content = new RepeatableContent(numbered(5), { keptBytes: 10 });
  for await (const piece of content.read()) if (piece[0] === 2) break;
  assert.deepEqual(await rest(content.read()), [0, 1, 2, 3, 4]);
  assert.deepEqual(await rest(content.read()), [0, 1, 2, 3, 4]);
  assert.deepEqual([content.length, content.isRepeatable], [5, true]);
});

Deno.test("read() misses no piece that an earlier reader still waited for", async () => {
  const coming = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(0);
    await coming.promise;
    yield Uint8Array.of(1);
    yield Uint8Array.of(2);
  }
  using content = new RepeatableContent(slow(), { keptBytes: 10 });
  const first = content.read();
  await first.next();
  const abandoned = first.next();
  const second = rest(content.read());
  coming.resolve();
  assert.deepEqual(await second, [0, 1, 2]);
  assert.deepEqual((await abandoned).value, Uint8Array.of(1));
});

Deno.test("isRepeatable ends, and nothing more is kept, once more was read than is kept", async () => {
  using content = new RepeatableContent(numbered(5), { keptBytes: 3 });
  assert.deepEqual(await rest(content.read()), [0, 1, 2, 3, 4]);
  assert.deepEqual([content.length, content.isRepeatable], [5, false]);
});

Deno.test("failure tells that the giver of the content failed", async () => {
  const broken = new Error("the client is gone");
  // deno-lint-ignore require-yield
  async function* failing(): AsyncGenerator<Uint8Array> {
    await Promise.reject(broken);
  }
  using content = new RepeatableContent(failing());
  await assert.rejects(rest(content.read()), broken);
  assert.deepEqual([content.failure?.error, content.isRepeatable], [broken, false]);
});

Deno.test("disposing ends the giver, and does not wait for one that hangs", async () => {
  const ended = Promise.withResolvers<void>();
  async function* open(): AsyncGenerator<Uint8Array> {
    try {
      await Promise.resolve();
      yield Uint8Array.of(1);
    } finally {
      ended.resolve();
    }
  }
  {
    using content = new RepeatableContent(open());
    await content.read().next();
  }
  await ended.promise;
});
