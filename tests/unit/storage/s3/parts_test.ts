import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PART_BYTES, Parts, payloadOfText } from "../../../../src/storage/s3/parts.ts";
import { endless, manyPieces } from "../contents.ts";

const { signal } = new AbortController();

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

Deno.test("Parts gives a short content as one part, with its checksums", async () => {
  for (const [count, length] of [[0, 0], [3, 0], [1, 1], [7, 100_001]] as const) {
    using parts = new Parts(manyPieces(count, length), { signal });
    const { payload, isLast } = await parts.next();
    assert.deepEqual([payload.length, isLast], [count * length, true]);
    const expected = await digestOf(manyPieces(count, length));
    assert.equal(payload.sha256, expected);
    assert.equal(await digestOf(payload.bytes()), expected);
    assert.equal(await digestOf(payload.bytes()), expected);
  }
});

Deno.test("Parts cuts a long content at 8 MiB, wherever its pieces end", async () => {
  for (const pieceLength of [1, 3].map((count) => count * 1024 * 1024 + 13)) {
    using parts = new Parts(manyPieces(12, pieceLength), { signal });
    const whole = createHash("sha256");
    const lengths: number[] = [];
    for (let isLast = false; !isLast;) {
      const part = await parts.next();
      for await (const piece of part.payload.bytes()) whole.update(piece);
      lengths.push(part.payload.length);
      isLast = part.isLast;
    }
    const total = 12 * pieceLength;
    assert.deepEqual(lengths.slice(0, -1), lengths.slice(0, -1).map(() => PART_BYTES));
    assert.equal(lengths.reduce((sum, length) => sum + length), total);
    assert.equal(whole.digest("hex"), await digestOf(manyPieces(12, pieceLength)));
  }
});

Deno.test("Parts gives 8 MiB as one part, and one byte more as two", async () => {
  using exact = new Parts(manyPieces(8, PART_BYTES / 8), { signal });
  assert.ok((await exact.next()).isLast);
  async function* more() {
    yield* manyPieces(1, PART_BYTES + 1);
  }
  using longer = new Parts(more(), { signal });
  assert.ok(!(await longer.next()).isLast);
  const second = await longer.next();
  assert.deepEqual([second.payload.length, second.isLast], [1, true]);
});

Deno.test("Parts ends with its signal while the giver hangs, and fails as the giver fails", async () => {
  const stop = new AbortController();
  const { content, isWaiting } = endless();
  const waiting = new Parts(content, { signal: stop.signal }).next();
  await isWaiting;
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  // deno-lint-ignore require-yield
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw new RangeError("no more");
  }
  await assert.rejects(new Parts(failing(), { signal }).next(), { name: "RangeError" });
});

Deno.test("payloadOfText() gives all of a long text", async () => {
  const text = "x".repeat(1_000_000);
  const payload = payloadOfText(text);
  assert.equal(payload.length, text.length);
  assert.equal(await digestOf(payload.bytes()), payload.sha256);
});
