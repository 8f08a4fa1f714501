import assert from "node:assert/strict";
import {
  decodeFileHeader,
  encodeFileHeader,
  type FileHeader,
} from "../../../../src/quorum/storage/file_header.ts";

const HEADER: FileHeader = {
  kind: "snapshot",
  databaseId: new Uint8Array(16).fill(5),
  zxid: 0x7fff_ffff_ffff_ffffn,
  previousChecksum: 0xffff_fffe,
};

Deno.test("a header comes back as it was", () => {
  const { bytes, seed } = encodeFileHeader(HEADER);
  assert.deepEqual(decodeFileHeader(bytes), { ...HEADER, seed });
});

Deno.test("two headers of the same content have different seeds", () => {
  assert.notEqual(encodeFileHeader(HEADER).seed, encodeFileHeader(HEADER).seed);
});

Deno.test("a header that does not check says why", () => {
  const { bytes } = encodeFileHeader(HEADER);
  assert.equal(decodeFileHeader(bytes.subarray(0, 63)), "the header is cut off");
  assert.equal(decodeFileHeader(new Uint8Array(64)), "this is no file of masterd");
  for (let offset = 8; offset < bytes.length; offset++) {
    const damaged = bytes.slice();
    damaged[offset]! ^= 1;
    assert.equal(decodeFileHeader(damaged), "the checksum of the header is wrong");
  }
});
