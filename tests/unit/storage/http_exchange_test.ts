import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { ExchangeError } from "../../../src/storage/http_exchange.ts";
import { freePort } from "../../support/ports.ts";
import { RawServer } from "../../support/raw_server.ts";
import { until } from "../../support/until.ts";
import { answering, ask, FOREVER, HEAD_END, letters, signal } from "./exchanges.ts";

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
    yield* letters(1, 17);
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
      for await (const piece of letters(FOREVER, 65_536)) {
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
