import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { exchange, ExchangeError, type HttpRequest } from "../../../src/storage/http_exchange.ts";
import { freePort } from "../../support/ports.ts";
import { RawServer, type Visit } from "../../support/raw_server.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { until } from "../../support/until.ts";

const { signal } = new AbortController();
const HEAD_END = "\r\n\r\n";
const FOREVER = 1e9;

function ask(url: URL, request: Partial<HttpRequest> = {}) {
  return exchange({ method: "GET", url, timeoutMs: 10_000, signal, ...request });
}

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield new Uint8Array(size).fill(97 + (i % 26));
  }
}

function answering(answer: string) {
  return async (visit: Visit) => {
    await visit.readUntil(HEAD_END);
    await visit.say(answer);
  };
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of body) length += piece.length;
  return length;
}

Deno.test("exchange() sends the head of a request, and gives status, headers and text", async () => {
  let seen = "";
  await using server = RawServer.start(async (visit) => {
    seen = await visit.readUntil(HEAD_END);
    await visit.say("HTTP/1.1 200 OK\r\nX-Say: one\r\ncontent-length: 3\r\n\r\nyes and more");
  });
  const url = new URL(`http://me:secret@127.0.0.1:${server.port}/a%20b?c=d#e`);
  const answer = await ask(url, { headers: { "X-Word": "two" } });
  assert.deepEqual([answer.status, answer.headers.get("x-say")], [200, "one"]);
  assert.equal(await answer.text(), "yes");
  assert.deepEqual(seen.trimEnd().split("\r\n"), [
    "GET /a%20b?c=d HTTP/1.1",
    "accept-encoding: identity",
    "connection: close",
    `host: 127.0.0.1:${server.port}`,
    "x-word: two",
  ]);
});

Deno.test("exchange() sends bytes with their length, and pieces in chunks or with the length given", async () => {
  const seen: string[] = [];
  await using server = RawServer.start(async (visit) => {
    seen.push(await visit.readUntil("end"));
    await visit.say("HTTP/1.1 204 No Content\r\n\r\n");
  });
  const end = new TextEncoder().encode("end");
  const parts = async function* () {
    yield* pieces(1, 17);
    yield end;
  };
  await ask(server.url, { method: "PUT", body: end });
  await ask(server.url, { method: "PUT", body: parts() });
  await ask(server.url, { method: "PUT", body: parts(), headers: { "Content-Length": "20" } });
  assert.match(seen[0]!, /content-length: 3\r\n[^]*\r\n\r\nend$/);
  assert.match(seen[1]!, /transfer-encoding: chunked\r\n\r\n11\r\na{17}\r\n3\r\nend/);
  assert.match(seen[2]!, /content-length: 20\r\n[^]*\r\n\r\na{17}end$/);
  assert.doesNotMatch(seen[2]!, /chunked/);
});

Deno.test("exchange() reads chunks, and bodies without a length", async () => {
  const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  await using chunked = RawServer.start(
    answering(`${head}5;name=value\r\nhello\r\n00C\r\n to you both\r\n0\r\ntrailer: x\r\n\r\n`),
  );
  assert.equal(await (await ask(chunked.url)).text(), "hello to you both");
  await using open = RawServer.start(answering("HTTP/1.0 200 OK\r\n\r\nto the end"));
  assert.equal(await (await ask(open.url)).text(), "to the end");
});

Deno.test("exchange() passes over interim answers, and long heads in small pieces", async () => {
  await using server = RawServer.start(async (visit) => {
    await visit.readUntil(HEAD_END);
    const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" +
      `HTTP/1.1 404 \r\nlong: ${"x".repeat(20_000)}\r\ncontent-length:2\r\n\r\nno`;
    for (let at = 0; at < text.length; at += 1501) await visit.say(text.slice(at, at + 1501));
  });
  const answer = await ask(server.url);
  assert.equal(answer.headers.get("long")?.length, 20_000);
  assert.deepEqual([answer.status, await answer.text()], [404, "no"]);
});

Deno.test("exchange() takes no body where there cannot be one", async () => {
  for (const status of ["204 No Content", "304 Not Modified"]) {
    await using server = RawServer.start(
      answering(`HTTP/1.1 ${status}\r\ncontent-length: 5\r\n\r\n`),
    );
    assert.equal(await (await ask(server.url)).text(), "");
  }
  await using server = RawServer.start(answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"));
  const answer = await ask(server.url, { method: "HEAD" });
  assert.equal(answer.headers.get("content-length"), "5");
  assert.equal(await answer.text(), "");
});

Deno.test("exchange() gives an answer that comes before the body was sent", async () => {
  for (const isClosing of [true, false]) {
    let given = 0;
    const body = async function* () {
      for await (const piece of pieces(FOREVER, 65_536)) {
        given += piece.length;
        yield piece;
      }
    };
    await using server = RawServer.start(async (visit) => {
      await visit.readUntil(HEAD_END);
      await visit.say("HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\n\r\nless");
      if (!isClosing) await delay(100, { signal });
    });
    const answer = await ask(server.url, { method: "PUT", body: body() });
    assert.deepEqual([answer.status, await answer.text()], [413, "less"]);
    const before = given;
    await delay(20, { signal });
    assert.equal(given, before);
  }
});

Deno.test("exchange() waits for `100 Continue` where asked, and sends no body after a refusal", async () => {
  const seen: string[] = [];
  await using server = RawServer.start(async (visit) => {
    const head = await visit.readUntil(HEAD_END);
    seen.push(head.slice(head.indexOf(HEAD_END) + HEAD_END.length));
    if (head.startsWith("PUT /refused")) {
      await visit.say(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
      );
      seen.push(await visit.readUntil("end"));
      return;
    }
    await visit.say("HTTP/1.1 100 Continue\r\n\r\n");
    seen.push(await visit.readUntil("end"));
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  const request = {
    method: "PUT",
    headers: { expect: "100-continue" },
    body: new TextEncoder().encode("end"),
  };
  assert.equal((await ask(new URL("/taken", server.url), request)).status, 200);
  assert.equal((await ask(new URL("/refused", server.url), request)).status, 307);
  await until(() => seen.length, (count) => count === 4);
  assert.deepEqual(seen, ["", "end", "", ""]);
});

Deno.test("exchange() sends the body unasked to a server that does not know `expect`", async () => {
  await using server = RawServer.start(async (visit) => {
    await visit.readUntil("end");
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  const body = new TextEncoder().encode("end");
  const request = { method: "PUT", headers: { expect: "100-continue" }, body, timeoutMs: 1000 };
  assert.equal((await ask(server.url, request)).status, 200);
});

Deno.test("exchange() says that nothing was sent if no server was reached", async () => {
  const refused = new URL(`http://127.0.0.1:${freePort()}/path?secret=1`);
  const failure = await ask(refused).catch((error) => error);
  assert.ok(failure instanceof ExchangeError);
  assert.deepEqual([failure.kind, failure.wasSent], ["unavailable", false]);
  assert.match(failure.message, /^GET http:\/\/127\.0\.0\.1:\d+\/path: .*refused/);
  await assert.rejects(ask(new URL("http://no.such.host.invalid/")), {
    kind: "unavailable",
    wasSent: false,
  });
});

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
    const body = stage === "whileSending" ? pieces(FOREVER, 65_536) : undefined;
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
  const body = pieces(FOREVER, 65_536);
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

Deno.test("exchange() lets giver and taker of bytes take longer than its limit", async () => {
  await using server = RawServer.start(async (visit) => {
    await visit.readUntil("0\r\n\r\n");
    await visit.say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n123456");
  });
  const slow = async function* () {
    yield* pieces(1, 3);
    await delay(500, { signal });
    yield* pieces(1, 3);
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
  const hosts = { name: `http://localhost:${server.port}/`, address: server.url.href };
  for (const url of Object.values(hosts)) {
    const stop = new AbortController();
    const asked = ask(new URL(url), { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(asked, { message: "enough" });
  }
  for (const path of ["waiting", "sending", "answered"]) {
    const stop = new AbortController();
    const body = path === "sending" ? pieces(FOREVER, 65_536) : undefined;
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
    yield* pieces(1, 10);
    throw new RangeError("no more");
  };
  await assert.rejects(ask(server.url, { method: "PUT", body: failing() }), {
    name: "RangeError",
    message: "no more",
  });
  for (const [length, given] of [["5", 10], ["50", 10]] as const) {
    const headers = { "content-length": length };
    const asked = ask(server.url, { method: "PUT", headers, body: pieces(1, given) });
    await assert.rejects(asked, { kind: "failed", message: /not the \d+ bytes/ });
  }
  let isOver = false;
  const waiting = async function* () {
    try {
      yield* pieces(FOREVER, 65_536);
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

Deno.test("exchange() gives the beginning of a text that is too long", async () => {
  await using server = RawServer.start(
    answering("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n123456"),
  );
  assert.equal(await (await ask(server.url)).text(3), "123");
});

Deno.test("exchange() refuses headers that would begin others, without showing their value", async () => {
  const headers = { authorization: "secret\r\nx: y" };
  await assert.rejects(ask(new URL("http://127.0.0.1:1/"), { headers }), (error) => {
    assert.ok(error instanceof ExchangeError);
    assert.deepEqual([error.kind, error.wasSent], ["misconfigured", false]);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

Deno.test("exchange() speaks IPv6", async () => {
  const serve = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nv6");
  await using server = RawServer.start(serve, { hostname: "::1" });
  assert.equal(await (await ask(new URL(`http://[::1]:${server.port}/`))).text(), "v6");
});

Deno.test("exchange() takes no proxy from the environment", async () => {
  await using server = RawServer.start(answering("HTTP/1.1 200 OK\r\n\r\ndirect"));
  const variables = ["http_proxy", "HTTP_PROXY", "ALL_PROXY"];
  for (const name of variables) Deno.env.set(name, "http://127.0.0.1:1");
  try {
    assert.equal(await (await ask(server.url)).text(), "direct");
  } finally {
    for (const name of variables) Deno.env.delete(name);
  }
});
