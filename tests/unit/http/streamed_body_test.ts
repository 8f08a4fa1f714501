import assert from "node:assert/strict";
import { streamedBody } from "../../../src/http/streamed_body.ts";
import { request } from "./requests.ts";

const limits = { maxBytes: 10, idleMs: 1000 };

async function read(body: BodyInit | undefined, changes: Partial<typeof limits> = {}) {
  const pieces: number[] = [];
  const all = streamedBody(request("PUT", "/", body), { ...limits, ...changes });
  for await (const piece of all) pieces.push(...piece);
  return pieces;
}

function stream(pull: UnderlyingDefaultSource<Uint8Array>["pull"], cancel?: () => void) {
  return new ReadableStream<Uint8Array>({ pull, cancel });
}

Deno.test("streamedBody() gives the pieces as they come, up to the limit", async () => {
  assert.deepEqual(await read(new Uint8Array([1, 2, 3])), [1, 2, 3]);
  assert.equal((await read(new Uint8Array(10))).length, 10);
});

Deno.test("streamedBody() takes an empty body only if it was announced", async () => {
  const empty = () => stream((controller) => controller.close());
  for (const [name, value] of [["content-length", "0"], ["transfer-encoding", "chunked"]]) {
    for (const body of [undefined, empty()]) {
      const headers = { [name!]: value! };
      const announced = new Request("http://h/", { method: "PUT", headers, body });
      assert.equal((await streamedBody(announced, limits).next()).done, true);
    }
  }
  for (const body of [undefined, empty()]) await assert.rejects(read(body), { status: 411 });
});

Deno.test("streamedBody() takes in no more than is asked for", async () => {
  let pulled = 0;
  const endless = stream((controller) => {
    pulled++;
    controller.enqueue(new Uint8Array(1));
  });
  const pieces = streamedBody(request("PUT", "/", endless), { ...limits, maxBytes: Infinity });
  for (let count = 0; count < 3; count++) await pieces.next();
  assert.ok(pulled <= 5, `${pulled} pieces for 3`);
  await pieces.return();
});

Deno.test("streamedBody() refuses what is too long, announced or not, and stops taking it in", async () => {
  const announced = new Request("http://h/", {
    method: "PUT",
    headers: { "content-length": "11" },
    body: "x",
  });
  await assert.rejects(streamedBody(announced, limits).next(), { status: 413 });
  let isCancelled = false;
  const body = stream(
    (controller) => controller.enqueue(new Uint8Array(6)),
    () => isCancelled = true,
  );
  await assert.rejects(read(body), { status: 413, fields: { kind: "too-large" } });
  assert.ok(isCancelled);
});

Deno.test("streamedBody() gives up when nothing comes, however little came before", async () => {
  let count = 0;
  const body = stream((controller) => {
    if (count++ < 3) controller.enqueue(new Uint8Array(1));
    else return new Promise(() => {});
  });
  await assert.rejects(read(body, { idleMs: 20 }), { status: 408 });
});

Deno.test("streamedBody() takes a body that breaks off for no whole one", async () => {
  const body = stream((controller) => controller.error(new TypeError("connection reset")));
  await assert.rejects(read(body), { status: 400, message: "The body ended early" });
});
