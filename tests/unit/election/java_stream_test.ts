import assert from "node:assert/strict";
import {
  CorruptLeaderInformationError,
  decodeLeaderInformation,
  encodeLeaderInformation,
} from "../../../src/election/java_stream.ts";
import { randomSource } from "./random_source.ts";

const SESSION_ID = "00112233-4455-6677-8899-aabbccddeeff";

/** What Java 17 writes for http://localhost:8081 and the session id above. */
const SAMPLE = bytesOf(
  "aced0005" + "7717" + "0015" + "687474703a2f2f6c6f63616c686f73743a38303831" +
    "7372000e6a6176612e7574696c2e55554944bc9903f7986d852f0200024a000c6c65617374536967426974734a" +
    "000b6d6f737453696742697473" + "7870" + "8899aabbccddeeff" + "0011223344556677",
);
const UUID_BYTES = 76;

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
}

function encode(address: string): Uint8Array {
  return encodeLeaderInformation({ address, leaderSessionId: SESSION_ID });
}

/** A stream whose content stands in the blocks that are given, header and all. */
function streamOf(blocks: readonly number[]): Uint8Array {
  return Uint8Array.from([...SAMPLE.subarray(0, 4), ...blocks, ...SAMPLE.subarray(-UUID_BYTES)]);
}

function assertCorrupt(bytes: Uint8Array, message?: string): void {
  assert.throws(() => decodeLeaderInformation(bytes), CorruptLeaderInformationError, message);
}

Deno.test("encodeLeaderInformation() writes what Java writes", () => {
  assert.deepEqual(encode("http://localhost:8081"), SAMPLE);
});

Deno.test("decodeLeaderInformation() reads what Java writes", () => {
  assert.deepEqual(decodeLeaderInformation(SAMPLE), {
    address: "http://localhost:8081",
    leaderSessionId: SESSION_ID,
  });
});

Deno.test("decodeLeaderInformation() reads a view into a larger buffer", () => {
  const larger = new Uint8Array(SAMPLE.length + 20).fill(0xff);
  larger.set(SAMPLE, 7);
  const leader = decodeLeaderInformation(larger.subarray(7, 7 + SAMPLE.length));
  assert.equal(leader?.address, "http://localhost:8081");
});

Deno.test("decodeLeaderInformation() takes no bytes for no leader", () => {
  assert.equal(decodeLeaderInformation(new Uint8Array()), undefined);
});

for (
  const { length, blocks } of [
    { length: 0, blocks: [2] },
    { length: 253, blocks: [255] },
    { length: 254, blocks: [256] },
    { length: 255, blocks: [257] },
    { length: 1022, blocks: [1024] },
    { length: 1023, blocks: [1024, 1] },
    { length: 1024, blocks: [1024, 2] },
    { length: 1025, blocks: [1024, 3] },
    { length: 1278, blocks: [1024, 256] },
    { length: 3000, blocks: [1024, 1024, 954] },
    { length: 65_535, blocks: [...Array(64).fill(1024), 1] },
  ]
) {
  Deno.test(`encodeLeaderInformation() cuts an address of ${length} bytes as Java does`, () => {
    const address = "a".repeat(length);
    const bytes = encode(address);
    let at = 4;
    for (const block of blocks) {
      const header = block <= 255 ? [0x77, block] : [0x7a, 0, 0, block >> 8, block & 0xff];
      assert.deepEqual([...bytes.subarray(at, at + header.length)], header);
      at += header.length + block;
    }
    assert.equal(bytes.length - at, UUID_BYTES);
    assert.equal(decodeLeaderInformation(bytes)?.address, address);
  });
}

Deno.test("encodeLeaderInformation() needs 84 bytes beside a short address", () => {
  for (let length = 0; length <= 253; length++) {
    assert.equal(encode("a".repeat(length)).length, 84 + length);
  }
  assert.equal(encode("a".repeat(254)).length, 84 + 254 + 3);
});

Deno.test("encodeLeaderInformation() refuses an address that Java cannot write", () => {
  assert.throws(() => encode("a".repeat(65_536)), /^RangeError: Cannot encode address: .*65536/);
  assert.throws(() => encode("\0".repeat(32_768)), RangeError);
});

for (
  const [what, text, hex] of [
    ["NUL", "\0", "c080"],
    ["the last of one byte", "\x7f", "7f"],
    ["the first of two bytes", "\x80", "c280"],
    ["the last of two bytes", "\u07ff", "dfbf"],
    ["the first of three bytes", "\u0800", "e0a080"],
    ["the last of three bytes", "\uffff", "efbfbf"],
    ["a character outside the BMP", "\u{1f600}", "eda0bdedb880"],
    ["half a character", "\ud83d", "eda0bd"],
  ] as const
) {
  Deno.test(`encodeLeaderInformation() writes ${what} as Java does`, () => {
    const bytes = encode(text);
    assert.deepEqual(bytes.subarray(8, -UUID_BYTES), bytesOf(hex));
    assert.equal(decodeLeaderInformation(bytes)?.address, text);
  });
}

Deno.test("decodeLeaderInformation() reads back any address and session id", () => {
  const random = randomSource();
  for (let round = 0; round < 200; round++) {
    const units = Array.from({ length: random.below(600) }, () => random.below(0x10000));
    const address = String.fromCharCode(...units);
    const leaderSessionId = crypto.randomUUID();
    const bytes = encodeLeaderInformation({ address, leaderSessionId });
    assert.deepEqual(decodeLeaderInformation(bytes), { address, leaderSessionId }, random.seed);
  }
});

Deno.test("decodeLeaderInformation() refuses a stream that ends early, wherever it ends", () => {
  for (const bytes of [SAMPLE, encode("a".repeat(3000))]) {
    for (let length = 1; length < bytes.length; length++) {
      assertCorrupt(bytes.subarray(0, length), `cut after ${length} bytes`);
    }
  }
});

Deno.test("decodeLeaderInformation() refuses bytes behind the end", () => {
  assertCorrupt(Uint8Array.from([...SAMPLE, 0]));
});

Deno.test("decodeLeaderInformation() refuses another stream, block or class in any byte of it", () => {
  const addressAt = { from: 8, to: 8 + "http://localhost:8081".length };
  for (let at = 0; at < SAMPLE.length - 16; at++) {
    if (at >= addressAt.from && at < addressAt.to) continue;
    const bytes = Uint8Array.from(SAMPLE);
    bytes[at]! ^= 0x80;
    assertCorrupt(bytes, `byte ${at} changed`);
  }
});

Deno.test("decodeLeaderInformation() fails in no other way, whatever the bytes are", () => {
  const random = randomSource();
  for (let round = 0; round < 2000; round++) {
    const bytes = random.bytes(random.below(300));
    if (bytes.length > 0) assertCorrupt(bytes, random.seed);
  }
});

Deno.test("decodeLeaderInformation() fails in no other way, whichever byte is changed", () => {
  const random = randomSource();
  const original = encode(`http://${"ü".repeat(600)}:8081`);
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from(original);
    for (let change = random.below(4); change >= 0; change--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    try {
      assert.notEqual(decodeLeaderInformation(bytes), undefined);
    } catch (error) {
      assert.ok(error instanceof CorruptLeaderInformationError, `${random.seed}: ${error}`);
    }
  }
});

Deno.test("decodeLeaderInformation() refuses a block that claims to be huge", () => {
  for (const length of [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0x10, 0, 0]]) {
    assertCorrupt(streamOf([0x7a, ...length, 0, 1, 0x61]));
  }
});

Deno.test("decodeLeaderInformation() reads content cut in blocks of any size", () => {
  const leader = decodeLeaderInformation(
    streamOf([0x77, 1, 0, 0x77, 0, 0x7a, 0, 0, 0, 2, 2, 0x61, 0x77, 1, 0x62]),
  );
  assert.equal(leader?.address, "ab");
});

Deno.test("decodeLeaderInformation() refuses an address of another length than it says", () => {
  assertCorrupt(streamOf([]));
  assertCorrupt(streamOf([0x77, 0]));
  assertCorrupt(streamOf([0x77, 1, 0]));
  assertCorrupt(streamOf([0x77, 3, 0, 2, 0x61]));
  assertCorrupt(streamOf([0x77, 3, 0, 0, 0x61]));
});

Deno.test("decodeLeaderInformation() refuses an address that is not Java's UTF-8", () => {
  for (const text of ["c3", "c328", "e282", "e28228", "80", "f09f9880", "ff"]) {
    const bytes = bytesOf(text);
    assertCorrupt(streamOf([0x77, bytes.length + 2, 0, bytes.length, ...bytes]), text);
  }
});
