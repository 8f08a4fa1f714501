import assert from "node:assert/strict";
import { LineWriter } from "../../../src/workload/line_writer.ts";
import { readLines } from "../../../src/workload/lines.ts";

const encoder = new TextEncoder();

function linesOf(...chunks: readonly Uint8Array[]): Promise<string[]> {
  return Array.fromAsync(readLines(ReadableStream.from(chunks)));
}

Deno.test("readLines() gives whole lines, however the stream cuts them", async () => {
  const bytes = encoder.encode("one\n\ntwö\nthree");
  const expected = ["one", "", "twö"];
  assert.deepEqual(await linesOf(bytes), expected);
  assert.deepEqual(await linesOf(...Array.from(bytes, (byte) => Uint8Array.of(byte))), expected);
  assert.deepEqual(await linesOf(), []);
});

Deno.test("readLines() refuses a line without end", async () => {
  await assert.rejects(linesOf(new Uint8Array(2_000_000).fill(97)), RangeError);
});

Deno.test("LineWriter writes in order, also through a sink that takes little at a time", async () => {
  const taken: number[] = [];
  const writer = new LineWriter({
    write: (bytes) => Promise.resolve(taken.push(bytes[0]!) && 1),
  });
  writer.write("one\n");
  writer.write("two\n");
  await writer.flushed();
  assert.equal(new TextDecoder().decode(Uint8Array.from(taken)), "one\ntwo\n");
});

Deno.test("LineWriter tells once nobody reads, and takes nothing more", async () => {
  let calls = 0;
  const error = new Deno.errors.BrokenPipe();
  const writer = new LineWriter({
    write: () => {
      calls++;
      return Promise.reject(error);
    },
  });
  writer.write("a\n");
  await writer.flushed();
  writer.write("b\n");
  await writer.flushed();
  assert.equal(writer.broken.reason, error);
  assert.equal(calls, 1);
});

Deno.test("LineWriter drops what a sink that hangs will not take", async () => {
  const hangs = Promise.withResolvers<number>();
  const taken: string[] = [];
  const writer = new LineWriter({
    write: (bytes) => {
      taken.push(new TextDecoder().decode(bytes));
      return taken.length === 1 ? hangs.promise : Promise.resolve(bytes.length);
    },
  });
  for (let number = 0; number < 5000; number++) writer.write(`${number}\n`);
  hangs.resolve(2);
  await writer.flushed();
  assert.equal(taken.length, 1000);
  assert.equal(taken.at(-1), "999\n");
});
