import assert from "node:assert/strict";
import {
  BATCH_HEADER_BYTES,
  BatchWriter,
  checksumOf,
  decodeBatchHeader,
  recordsOf,
} from "../../../../src/quorum/storage/batch.ts";

const PLACE = { position: 64, previousChecksum: 7, seed: 9 };

function batchOf(...payloads: string[]): BatchWriter {
  const batch = new BatchWriter();
  payloads.forEach((text, index) => batch.add(BigInt(index + 1), new TextEncoder().encode(text)));
  return batch;
}

Deno.test("a batch gives back its records, however large they are", () => {
  const payloads = ["", "one", "x".repeat(100_000)];
  const { bytes } = batchOf(...payloads).finish(PLACE);
  const records = [...recordsOf(bytes)];
  assert.deepEqual(records.map(({ zxid }) => zxid), [1n, 2n, 3n]);
  assert.deepEqual(records.map(({ payload }) => new TextDecoder().decode(payload)), payloads);
});

Deno.test("the header of a batch tells its place, and is none at another one", () => {
  const { bytes, checksum } = batchOf("one").finish(PLACE, "end");
  assert.deepEqual(decodeBatchHeader(bytes, 64), {
    kind: "end",
    checksum,
    position: 64,
    previousChecksum: 7,
    length: bytes.length - BATCH_HEADER_BYTES,
  });
  assert.equal(decodeBatchHeader(bytes, 65), undefined);
  assert.equal(decodeBatchHeader(bytes.subarray(0, 31), 64), undefined);
});

Deno.test("the checksum of a batch depends on its content, its place, its file and what it follows", () => {
  const checksums = [
    batchOf("one").finish(PLACE).checksum,
    batchOf("two").finish(PLACE).checksum,
    batchOf("one").finish({ ...PLACE, position: 65 }).checksum,
    batchOf("one").finish({ ...PLACE, previousChecksum: 8 }).checksum,
    batchOf("one").finish({ ...PLACE, seed: 10 }).checksum,
    batchOf("one").finish(PLACE, "end").checksum,
  ];
  assert.equal(new Set(checksums).size, checksums.length);
  const { bytes, checksum } = batchOf("one").finish(PLACE);
  assert.equal(checksumOf(bytes, PLACE.seed), checksum);
});

Deno.test("a batch that was cleared begins anew", () => {
  const batch = batchOf("one", "two");
  assert.equal(batch.lastZxid, 2n);
  batch.clear();
  assert.equal(batch.lastZxid, undefined);
  assert.equal(batch.finish(PLACE).bytes.length, BATCH_HEADER_BYTES);
});
