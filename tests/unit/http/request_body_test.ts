import assert from "node:assert/strict";
import { readJson } from "../../../src/http/request_body.ts";
import { RequestError } from "../../../src/http/responses.ts";
import { request } from "./requests.ts";

const limits = { maxBytes: 10, timeoutMs: 1000 };

function rejectsWith(status: number, reading: Promise<unknown>): Promise<void> {
  return assert.rejects(
    reading,
    (error) => error instanceof RequestError && error.status === status,
  );
}

Deno.test("readJson() reads a body up to the limit, in any number of pieces", async () => {
  const body = new ReadableStream({
    start(controller) {
      for (const byte of new TextEncoder().encode('{"a":1234}')) {
        controller.enqueue(new Uint8Array([byte]));
      }
      controller.close();
    },
  });
  assert.deepEqual(await readJson(request("POST", "/", body), limits), { a: 1234 });
});

Deno.test("readJson() answers 413 to a body one byte too long", async () => {
  await rejectsWith(413, readJson(request("POST", "/", '{"a":12345}'), limits));
});

Deno.test("readJson() answers 400 to what is not JSON", async () => {
  for (const body of ["{", "", "nonsense", new Uint8Array([0x22, 0xff, 0x22])]) {
    await rejectsWith(400, readJson(request("POST", "/", body), limits));
  }
  await rejectsWith(400, readJson(request("POST", "/"), limits));
});

Deno.test("readJson() answers 408 to a body that does not end", async () => {
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    cancel() {
      isCancelled = true;
    },
  });
  const slow = { maxBytes: 10, timeoutMs: 5 };
  await rejectsWith(408, readJson(request("POST", "/", endless), slow));
  assert.ok(isCancelled);
});

Deno.test("readJson() answers 400 to a body that breaks off", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new TypeError("connection reset"));
    },
  });
  await rejectsWith(400, readJson(request("POST", "/", broken), limits));
});
