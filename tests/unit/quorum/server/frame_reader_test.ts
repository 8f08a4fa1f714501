import assert from "node:assert/strict";
import { FrameReader } from "../../../../src/quorum/server/frame_reader.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";

const LIMIT = 0xfffff;

/** Gives the reader bytes in pieces of at most `size`, and takes all frames. */
function feed(reader: FrameReader, bytes: Uint8Array, size: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = reader.space();
    assert.ok(space.length > 0);
    const piece = bytes.subarray(at, at + Math.min(size, space.length));
    space.set(piece);
    reader.received(piece.length);
    at += piece.length;
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push(frame.slice());
    }
  }
  return frames;
}

function frame(length: number, fill = 7): Uint8Array {
  const bytes = new Uint8Array(4 + length).fill(fill);
  new DataView(bytes.buffer).setInt32(0, length);
  return bytes;
}

for (const size of [1, 3, 1000, 1_000_000]) {
  Deno.test(`FrameReader cuts what comes in pieces of ${size} bytes into frames`, () => {
    const lengths = [0, 1, 5, 1020, 1021, 4096, 3, 70_000, 2];
    const parts = lengths.map((length, at) => frame(length, at));
    const stream = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (stream.set(part, at), at + part.length), 0);
    const frames = feed(new FrameReader(LIMIT), stream, size);
    assert.deepEqual(frames.map(({ length }) => length), lengths);
    frames.forEach((each, at) => assert.ok(each.every((byte) => byte === at)));
  });
}

Deno.test("FrameReader takes a frame of exactly the limit, and not one byte more", () => {
  assert.equal(feed(new FrameReader(LIMIT), frame(LIMIT), 65_536)[0]!.length, LIMIT);
  const tooLong = frame(LIMIT + 1).subarray(0, 4);
  assert.throws(() => feed(new FrameReader(LIMIT), tooLong, 4), ProtocolError);
});

Deno.test("FrameReader refuses a negative length", () => {
  assert.throws(() => feed(new FrameReader(LIMIT), new Uint8Array(4).fill(255), 4), ProtocolError);
});

Deno.test("FrameReader begins small, grows with what comes and not with what is announced, and shrinks", () => {
  const reader = new FrameReader(LIMIT);
  assert.equal(reader.space().length, 1024);
  feed(reader, frame(LIMIT).subarray(0, 500), 500);
  assert.ok(reader.space().length <= 1024);
  feed(reader, new Uint8Array(LIMIT + 4 - 500), 1_000_000);
  for (let turn = 0; turn < 10; turn++) feed(reader, frame(8), 12);
  assert.equal(reader.space().length, 1024);
});
