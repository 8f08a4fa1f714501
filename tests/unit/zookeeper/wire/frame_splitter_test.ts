import assert from "node:assert/strict";
import {
  FrameSplitter,
  FrameTooLargeError,
} from "../../../../src/zookeeper/wire/frame_splitter.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { bytesOf, hex } from "./bytes.ts";

const LIMIT = 1_000_000;

function frame(payload: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + payload.length);
  new DataView(whole.buffer).setInt32(0, payload.length);
  whole.set(payload, 4);
  return whole;
}

function stream(payloads: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(payloads.flatMap((payload) => [...frame(payload)]));
}

/** Hands over the bytes as a socket would, and takes each frame as soon as it is there. */
function feed(splitter: FrameSplitter, bytes: Uint8Array): string[] {
  const frames: string[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const space = splitter.space();
    assert.ok(space.length > 0);
    const count = Math.min(space.length, rest.length);
    space.set(rest.subarray(0, count));
    splitter.received(count);
    rest = rest.subarray(count);
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) {
      frames.push(hex(next));
    }
  }
  return frames;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("FrameSplitter finds the frames wherever the stream is split", () => {
  const payloads = [0, 1, 4, 37].map((length) => new Uint8Array(length).fill(length));
  const bytes = stream(payloads);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const splitter = new FrameSplitter(LIMIT);
      const frames = [
        bytes.subarray(0, first),
        bytes.subarray(first, second),
        bytes.subarray(second),
      ].flatMap((part) => feed(splitter, part));
      assert.deepEqual(frames, payloads.map(hex), `split at ${first} and ${second}`);
    }
  }
});

Deno.test("FrameSplitter finds the frames in chunks of any size", () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seeded(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  // Some are larger than the first buffer, so that it has to grow with a part of a frame in it.
  const payloads = Array.from(
    { length: 40 },
    (_, index) => new Uint8Array(upTo(index % 10 === 0 ? 300_000 : 3000)).fill(index),
  );
  const bytes = new Uint8Array(payloads.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const payload of payloads) {
    bytes.set(frame(payload), at);
    at += 4 + payload.length;
  }
  const splitter = new FrameSplitter(LIMIT);
  const frames: string[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = from + 1 + upTo(random() < 0.5 ? 20 : 90_000);
    frames.push(...feed(splitter, bytes.subarray(from, to)));
    from = to;
  }
  assert.ok(
    frames.length === payloads.length && frames.every((each, i) => each === hex(payloads[i]!)),
    `seed ${seed}`,
  );
});

Deno.test("next() hands out nothing before the last byte has come", () => {
  const splitter = new FrameSplitter(LIMIT);
  const bytes = frame(bytesOf("010203"));
  assert.deepEqual(feed(splitter, bytes.subarray(0, 6)), []);
  assert.equal(splitter.next(), undefined);
  assert.deepEqual(feed(splitter, bytes.subarray(6)), ["010203"]);
});

Deno.test("next() takes a frame of exactly the limit", () => {
  assert.equal(feed(new FrameSplitter(100), frame(new Uint8Array(100))).length, 1);
});

Deno.test("next() refuses one byte more, and tells whose answer it was", () => {
  const splitter = new FrameSplitter(100);
  const bytes = bytesOf("00000065 00000007 0102");
  assert.throws(() => feed(splitter, bytes), (error) => {
    assert.ok(error instanceof FrameTooLargeError);
    assert.ok(error instanceof ProtocolError);
    assert.equal(error.announcedBytes, 101);
    assert.equal(error.limitBytes, 100);
    assert.equal(hex(error.payloadStart), "000000070102");
    return true;
  });
});

Deno.test("next() waits with its refusal until the answer's xid is there", () => {
  const splitter = new FrameSplitter(100);
  assert.deepEqual(feed(splitter, bytesOf("7fffffff 000000")), []);
  assert.throws(() => feed(splitter, bytesOf("07")), FrameTooLargeError);
});

Deno.test("next() refuses a negative length", () => {
  assert.throws(() => feed(new FrameSplitter(100), bytesOf("ffffffff")), ProtocolError);
  assert.throws(() => feed(new FrameSplitter(100), bytesOf("80000000")), ProtocolError);
});
