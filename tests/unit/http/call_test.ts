import assert from "node:assert/strict";
import { call, parseAnswer } from "../../../src/http/call.ts";
import { HttpServer } from "../../../src/http/server.ts";
import { createLogger } from "../../../src/log/logger.ts";

const SANITIZE = { sanitizeOps: true, sanitizeResources: true };
const logger = createLogger("test", { write: () => {} });
const signal = new AbortController().signal;

function serve(answer: (request: Request) => Response | Promise<Response>): HttpServer {
  return new HttpServer({ port: 0, answer, logger });
}

/** A server that accepts and then does what it is told with the connection. */
function listen(act: (connection: Deno.Conn) => Promise<void>): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await act(connection);
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      await serving;
      listener.close();
    },
  };
}

Deno.test("call() sends JSON and gives back status and JSON", SANITIZE, async () => {
  await using server = serve(async (request) =>
    Response.json({ method: request.method, url: request.url, body: await request.json() }, {
      status: 201,
    })
  );
  for (const host of ["127.0.0.1", "[::1]"]) {
    const url = `http://${host}:${server.port}/a/b?c=d`;
    const answer = await call(url, { method: "POST", body: { a: "ü" }, signal });
    assert.deepEqual(answer, { status: 201, body: { method: "POST", url, body: { a: "ü" } } });
  }
});

Deno.test("call() gives no body where the answer is no JSON", SANITIZE, async () => {
  await using server = serve(() => new Response("<html>", { status: 502 }));
  const url = `http://127.0.0.1:${server.port}/`;
  assert.deepEqual(await call(url, { method: "GET", signal }), { status: 502, body: undefined });
});

Deno.test("call() gives up when the signal aborts while it waits", SANITIZE, async () => {
  const arrived = Promise.withResolvers<void>();
  await using server = listen(async (connection) => {
    await connection.read(new Uint8Array(1024));
    arrived.resolve();
    while (await connection.read(new Uint8Array(1024)) !== null);
    connection.close();
  });
  const abort = new AbortController();
  const url = `http://127.0.0.1:${server.port}/`;
  const calling = call(url, { method: "GET", signal: abort.signal });
  await arrived.promise;
  abort.abort(new Error("enough"));
  await assert.rejects(calling, { message: "enough" });
});

Deno.test("call() hangs up when the signal aborts at the moment of connecting", async () => {
  const received = Promise.withResolvers<number | null>();
  await using server = listen(async (connection) => {
    received.resolve(await connection.read(new Uint8Array(1024)));
    connection.close();
  });
  const abort = new AbortController();
  const connect = Deno.connect;
  using _ = {
    [Symbol.dispose]: () => {
      Deno.connect = connect;
    },
  };
  Deno.connect = (async (options: Deno.ConnectOptions) => {
    const connection = await connect(options);
    abort.abort(new Error("enough"));
    return connection;
  }) as typeof Deno.connect;
  const url = `http://127.0.0.1:${server.port}/`;
  await assert.rejects(call(url, { method: "GET", signal: abort.signal }), { message: "enough" });
  assert.equal(await received.promise, null);
});

Deno.test("call() rejects at once with an aborted signal", async () => {
  const aborted = AbortSignal.abort(new Error("enough"));
  await assert.rejects(call("http://127.0.0.1:1/", { method: "GET", signal: aborted }), {
    message: "enough",
  });
});

Deno.test("call() takes no answer that is longer than was agreed", SANITIZE, async () => {
  await using server = serve(() => Response.json("x".repeat(2_000_000)));
  const ask = (maxBytes: number) =>
    call(`http://127.0.0.1:${server.port}/`, { method: "GET", maxBytes, signal });
  assert.equal((await ask(3_000_000)).status, 200);
  await assert.rejects(ask(1000), /longer than 1000 bytes/);
});

Deno.test("call() rejects an answer without end", SANITIZE, async () => {
  await using server = listen(async (connection) => {
    const bytes = new Uint8Array(64 * 1024);
    // The caller hangs up in the middle, and that is what is wanted.
    const send = async () => {
      while (true) await connection.write(bytes);
    };
    await send().catch(() => {});
    connection.close();
  });
  const url = `http://127.0.0.1:${server.port}/`;
  await assert.rejects(call(url, { method: "GET", signal }), /longer than 1048576 bytes/);
});

Deno.test("parseAnswer() takes an answer apart", () => {
  const text = 'HTTP/1.1 409 Conflict\r\nserver: x\r\n\r\n{"error":"stale"}\n';
  assert.deepEqual(parseAnswer(text), { status: 409, body: { error: "stale" } });
  assert.deepEqual(parseAnswer("HTTP/1.0 204\r\n\r\n"), { status: 204, body: undefined });
});

Deno.test("parseAnswer() refuses what is not HTTP", () => {
  for (const text of ["", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 200 OK\r\n"]) {
    assert.throws(() => parseAnswer(text), /not HTTP/);
  }
});
