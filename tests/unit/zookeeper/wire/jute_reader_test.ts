import assert from "node:assert/strict";
import { JuteReader, ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { bytesOf } from "./bytes.ts";

Deno.test("JuteReader reads what stands in the bytes, in order", () => {
  const reader = new JuteReader(
    bytesOf("ffffff9b 8000000000000000 01 00 00000002 0708 00000003 e282ac"),
  );
  assert.equal(reader.readInt(), -101);
  assert.equal(reader.readLong(), -(2n ** 63n));
  assert.equal(reader.readBoolean(), true);
  assert.equal(reader.readBoolean(), false);
  assert.deepEqual(reader.readBuffer(), new Uint8Array([7, 8]));
  assert.equal(reader.readString(), "€");
  assert.equal(reader.remaining, 0);
});

Deno.test("JuteReader reads a view that does not begin at its buffer's start", () => {
  const bytes = bytesOf("ff ff 00000007").subarray(2);
  assert.equal(new JuteReader(bytes).readInt(), 7);
});

Deno.test("readBuffer() and readString() tell null from empty", () => {
  const reader = new JuteReader(bytesOf("ffffffff 00000000 ffffffff 00000000"));
  assert.equal(reader.readBuffer(), null);
  assert.deepEqual(reader.readBuffer(), new Uint8Array());
  assert.equal(reader.readString(), null);
  assert.equal(reader.readString(), "");
});

Deno.test("readBuffer() copies, since the receive buffer is used again", () => {
  const bytes = bytesOf("00000001 05");
  const data = new JuteReader(bytes).readBuffer();
  bytes.fill(0);
  assert.deepEqual(data, new Uint8Array([5]));
});

Deno.test("readString() keeps a byte order mark, which is a character of a node's name", () => {
  assert.equal(new JuteReader(bytesOf("00000004 efbbbf61")).readString(), "\ufeffa");
});

const truncated: [string, string, (reader: JuteReader) => unknown][] = [
  ["int", "000000", (reader) => reader.readInt()],
  ["long", "00000000000000", (reader) => reader.readLong()],
  ["boolean", "", (reader) => reader.readBoolean()],
  ["buffer", "00000003 0102", (reader) => reader.readBuffer()],
  ["buffer of a forged length", "7fffffff 0102", (reader) => reader.readBuffer()],
  ["string", "00000003 6161", (reader) => reader.readString()],
  ["string of a forged length", "7fffffff 6161", (reader) => reader.readString()],
];
for (const [what, digits, act] of truncated) {
  Deno.test(`JuteReader refuses a truncated ${what}`, () => {
    assert.throws(() => act(new JuteReader(bytesOf(digits))), ProtocolError);
  });
}

Deno.test("JuteReader never moves backwards over a negative length", () => {
  const reader = new JuteReader(bytesOf("80000000 80000000 00000007"));
  assert.equal(reader.readBuffer(), null);
  assert.equal(reader.readString(), null);
  assert.equal(reader.readInt(), 7);
});
