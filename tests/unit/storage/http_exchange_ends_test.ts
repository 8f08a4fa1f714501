import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { RawServer, type Visit } from "../../support/raw_server.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { until } from "../../support/until.ts";
import { answering, ask, FOREVER, HEAD_END, letters, signal } from "./exchanges.ts";

async function readAll(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of body) length += piece.length;
  return length;
}

Deno.test("exchange() fails when a server hangs up at any stage", async () => {
  const stages: Record<string, (visit: Visit) => Promise<void>> = {
    atOnce: () => Promise.resolve(),
    whileSending: async (visit) => void await visit.count(200_000),
    withoutAnswer: async (visit) => void await visit.readUntil(HEAD_END),
    inTheHead: answering("HTTP/1.1 200 OK\r\ncontent-"),
    inTheBody: answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"),
    inAChunk: answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nA\r\n12345"),
    beforeTheLastChunk: answering(
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
    ),
  };
  for (const [stage, serve] of Object.entries(stages)) {
    await using server = RawServer.start(serve);
    const body = stage === "whileSending" ? letters(FOREVER, 65_536) : undefined;
    const asked = ask(server.url, { method: "PUT", body }).then((answer) => answer.text());
    await assert.rejects(
      asked,
      { name: "StorageError", kind: "unavailable", wasSent: true },
      stage,
    );
  }
});

Deno.test("exchange() refuses what is not HTTP", async () => {
  for (
    const words of [
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 101 Switching\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n12",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
      `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(20_000)}\r\n`,
      "x".repeat(100_000),
    ]
  ) {
    await using server = RawServer.start(answering(words));
    const asked = ask(server.url).then((answer) => answer.text());
    await assert.rejects(asked, { kind: "unavailable" }, words.slice(0, 60));
    await until(() => server.openCount, (count) => count === 0);
  }
});

Deno.test("exchange() gives up when nothing moves, whatever it waits for", async () => {
  await using silent = SilentServer.start();
  const url = new URL(`http://${silent.address}/`);
  await assert.rejects(ask(url, { timeoutMs: 50 }), {
    kind: "timeout",
    message: `GET ${url}: nothing moved for 50 ms`,
  });
  const body = letters(FOREVER, 65_536);
  await assert.rejects(ask(url, { method: "PUT", body, timeoutMs: 50 }), { kind: "timeout" });
  await using stalled = RawServer.start(async (visit) => {
    await visit.readUntil(HEAD_END);
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345");
    await visit.count(FOREVER);
  });
  const answer = await ask(stalled.url, { timeoutMs: 500 });
  await assert.rejects(answer.text(), { kind: "timeout" });
  await until(() => stalled.openCount, (count) => count === 0);
});

Deno.test("exchange() gives up a server that takes no connection, and ends with its signal", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const waiting: Deno.Conn[] = [];
  // Nobody accepts them: once the queue is full, the kernel lets the next ones wait.
  for (let isFull = false; !isFull;) {
    const patience = AbortSignal.timeout(300);
    await Deno.connect({ hostname: "127.0.0.1", port, signal: patience })
      .then((connection) => waiting.push(connection), () => isFull = true);
  }
  const url = new URL(`http://127.0.0.1:${port}/`);
  await assert.rejects(ask(url, { timeoutMs: 100 }), { kind: "timeout", wasSent: false });
  const stop = new AbortController();
  const asked = ask(url, { signal: stop.signal });
  await delay(20, { signal });
  stop.abort(new Error("enough"));
  await assert.rejects(asked, { message: "enough" });
  for (const connection of waiting) connection.close();
});

Deno.test("exchange() lets giver and taker of bytes take longer than its limit", async () => {
  await using server = RawServer.start(async (visit) => {
    await visit.readUntil("0\r\n\r\n");
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n123456");
  });
  const slow = async function* () {
    yield* letters(1, 3);
    await delay(500, { signal });
    yield* letters(1, 3);
  };
  const answer = await ask(server.url, { method: "PUT", body: slow(), timeoutMs: 400 });
  await delay(500, { signal });
  assert.equal(await answer.text(), "123456");
});

Deno.test("exchange() ends with the reason of its signal at every stage, and leaves nothing open", async () => {
  await using server = RawServer.start(async (visit) => {
    const head = await visit.readUntil(HEAD_END);
    if (head.includes("/answered")) {
      await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345");
    }
    await visit.count(head.includes("/sending") ? 100_000 : FOREVER);
    if (head.includes("/sending")) await visit.say("HTTP/1.1 100 Continue\r\n\r\n");
    await delay(100, { signal });
  });
  const stop = new AbortController();
  const asked = ask(server.url, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(asked, { message: "enough" });
  for (const path of ["waiting", "sending", "answered"]) {
    const stop = new AbortController();
    const body = path === "sending" ? letters(FOREVER, 65_536) : undefined;
    const url = new URL(path, server.url);
    const asked = ask(url, { method: "PUT", body, signal: stop.signal })
      .then(({ body }) => readAll(body));
    asked.catch(() => {});
    await until(() => server.openCount, (count) => count > 0);
    await delay(20, { signal });
    stop.abort(new Error("enough"));
    await assert.rejects(asked, { message: "enough" }, path);
  }
  await until(() => server.openCount, (count) => count === 0);
  const stopped = AbortSignal.abort(new Error("enough"));
  await assert.rejects(ask(server.url, { signal: stopped }), { message: "enough" });
});

Deno.test("exchange() fails as the giver of its body fails, and tells the giver when it fails itself", async () => {
  await using server = RawServer.start(async (visit) => void await visit.count(FOREVER));
  const failing = async function* () {
    yield* letters(1, 10);
    throw new RangeError("no more");
  };
  await assert.rejects(ask(server.url, { method: "PUT", body: failing() }), {
    name: "RangeError",
    message: "no more",
  });
  for (const [length, given] of [["5", 10], ["50", 10]] as const) {
    const headers = { "content-length": length };
    const asked = ask(server.url, { method: "PUT", headers, body: letters(1, given) });
    await assert.rejects(asked, { kind: "failed", message: /not the \d+ bytes/ });
  }
  let isOver = false;
  const waiting = async function* () {
    try {
      yield* letters(FOREVER, 65_536);
    } finally {
      isOver = true;
    }
  };
  await using rude = RawServer.start(async (visit) => void await visit.count(10));
  await assert.rejects(ask(rude.url, { method: "PUT", body: waiting() }), { kind: "unavailable" });
  await until(() => isOver, Boolean);
});

Deno.test("exchange() holds a fast server back, and hangs up when the reader leaves", async () => {
  let said = 0;
  await using server = RawServer.start(async (visit) => {
    await visit.readUntil(HEAD_END);
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
    while (true) {
      await visit.say(new Uint8Array(65_536));
      said += 65_536;
    }
  });
  const answer = await ask(server.url);
  let before = -1;
  await until(() => said, (now) => {
    const isStill = now === before;
    before = now;
    return isStill;
  }, { intervalMs: 100 });
  assert.ok(said < 50_000_000, `${said} bytes were taken that nobody asked for`);
  for await (const piece of answer.body) {
    assert.ok(piece.length <= 65_536);
    break;
  }
  await until(() => server.openCount, (count) => count === 0);
  (await ask(server.url)).discard();
  await until(() => server.openCount, (count) => count === 0);
});
