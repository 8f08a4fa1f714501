import assert from "node:assert/strict";
import { FrameWriter } from "../../../src/zookeeper/frame_writer.ts";
import { hex } from "./wire/bytes.ts";

/** A socket that takes at most `room` bytes at a time, and only when it is told to go on. */
function slowSocket(room = Infinity) {
  const writes: string[] = [];
  let go = Promise.withResolvers<void>();
  return {
    writes,
    goOn: () => {
      const last = go;
      go = Promise.withResolvers();
      last.resolve();
    },
    read: () => new Promise<null>(() => {}),
    async write(bytes: Uint8Array): Promise<number> {
      const taken = bytes.subarray(0, room);
      writes.push(hex(taken));
      await go.promise;
      return taken.length;
    },
    close: () => {},
  };
}

function frame(...bytes: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function unexpected(error: unknown): never {
  throw error;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

Deno.test("send() writes frames of one turn together, in their order", async () => {
  const socket = slowSocket();
  const writer = new FrameWriter(socket, unexpected);
  writer.send(frame(1));
  writer.send(frame(2, 3));
  await turn();
  assert.deepEqual(socket.writes, ["010203"]);
  socket.goOn();
});

Deno.test("send() keeps what comes while a write is under way for the next one", async () => {
  const socket = slowSocket();
  const writer = new FrameWriter(socket, unexpected);
  writer.send(frame(1));
  await turn();
  writer.send(frame(2));
  writer.send(frame(3));
  await turn();
  assert.deepEqual(socket.writes, ["01"]);
  socket.goOn();
  await turn();
  assert.deepEqual(socket.writes, ["01", "0203"]);
  socket.goOn();
  await turn();
  writer.send(frame(4));
  await turn();
  assert.deepEqual(socket.writes, ["01", "0203", "04"]);
  socket.goOn();
});

Deno.test("send() goes on where the socket had no more room", async () => {
  const socket = slowSocket(2);
  const writer = new FrameWriter(socket, unexpected);
  writer.send(frame(1, 2, 3, 4, 5));
  for (let count = 0; count < 3; count++) {
    await turn();
    socket.goOn();
  }
  assert.deepEqual(socket.writes, ["0102", "0304", "05"]);
});

Deno.test("send() reports a socket that fails", async () => {
  const failed = Promise.withResolvers<unknown>();
  const broken = new Error("broken");
  const socket = { ...slowSocket(), write: () => Promise.reject(broken) };
  new FrameWriter(socket, failed.resolve).send(frame(1));
  assert.equal(await failed.promise, broken);
});
