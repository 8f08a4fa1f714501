import assert from "node:assert/strict";
import { HttpServer, type HttpServerOptions } from "../../../src/http/server.ts";
import { createLogger } from "../../../src/log/logger.ts";

const logger = createLogger("test", { write: () => {} });
const SANITIZE = { sanitizeOps: true, sanitizeResources: true };

function start(options: Partial<HttpServerOptions> = {}): HttpServer {
  return new HttpServer({
    hostname: "127.0.0.1",
    port: 0,
    answer: () => new Response("hello"),
    logger,
    ...options,
  });
}

/** Sends bytes as they are, and returns all that comes back. */
async function exchange(port: number, text: string, hostname = "127.0.0.1"): Promise<string> {
  using connection = await Deno.connect({ hostname, port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}

Deno.test("HttpServer serves as soon as it exists", SANITIZE, async () => {
  await using server = start();
  const answer = await exchange(server.port, "GET / HTTP/1.0\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.0 200 OK\r\n[^]*\r\n\r\nhello$/);
});

Deno.test("HttpServer answers HEAD without the body", SANITIZE, async () => {
  await using server = start();
  const answer = await exchange(server.port, "HEAD / HTTP/1.0\r\n\r\n");
  assert.match(answer, /content-length: 5[^]*\r\n\r\n$/);
});

Deno.test("HttpServer listens for IPv4 and IPv6 where no address is given", SANITIZE, async () => {
  await using server = start({ hostname: undefined });
  for (const hostname of ["127.0.0.1", "::1"]) {
    assert.match(await exchange(server.port, "GET / HTTP/1.0\r\n\r\n", hostname), /hello$/);
  }
});

Deno.test("HttpServer throws AddrInUse for a port that is taken", SANITIZE, async () => {
  for (const hostname of [undefined, "127.0.0.1", "::1"]) {
    await using server = start({ hostname: undefined });
    assert.throws(() => start({ hostname, port: server.port }), Deno.errors.AddrInUse);
  }
});

Deno.test("HttpServer answers 500 and logs when answering throws", SANITIZE, async () => {
  const lines: string[] = [];
  await using server = start({
    answer: () => {
      throw new TypeError("a defect");
    },
    logger: createLogger("test", { write: (line) => void lines.push(line) }),
  });
  const answer = await exchange(server.port, "GET / HTTP/1.0\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.0 500 [^]*its log tells why/);
  assert.doesNotMatch(answer, /a defect/);
  assert.match(lines.join(""), /request failed.*a defect/);
});

Deno.test("HttpServer frees the port when it is disposed", SANITIZE, async () => {
  const first = start();
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await using second = start({ port: first.port });
  assert.equal(second.port, first.port);
});

Deno.test("HttpServer survives garbage", SANITIZE, async () => {
  await using server = start();
  assert.match(await exchange(server.port, "\x16\x03\x01garbage\r\n\r\n"), /^HTTP\/1\.1 400 /);
  assert.match(await exchange(server.port, "GET / HTTP/1.0\r\n\r\n"), /hello$/);
});

Deno.test("HttpServer does not wait for ever for an answer that does not come", async () => {
  const entered = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<Response>();
  const server = start({
    answer: () => {
      entered.resolve();
      return finish.promise;
    },
    closeTimeoutMs: 10,
  });
  using connection = await Deno.connect({ port: server.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
  await entered.promise;
  await server[Symbol.asyncDispose]();
  finish.resolve(new Response("late"));
});
