import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { freePort } from "../../support/ports.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";

/** Answers each chunk with the same bytes and tells what it has received. */
class EchoServer implements AsyncDisposable {
  readonly port = freePort();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
  readonly #accepting = this.#acceptAll();
  received = "";

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  async #acceptAll(): Promise<void> {
    const echoes: Promise<void>[] = [];
    for await (const connection of this.#listener) echoes.push(this.#echo(connection));
    await Promise.all(echoes);
  }

  async #echo(connection: Deno.Conn): Promise<void> {
    using open = connection;
    const chunk = new Uint8Array(1000);
    const read = () => open.read(chunk).catch(() => null);
    for (let length = await read(); length !== null; length = await read()) {
      this.received += new TextDecoder().decode(chunk.subarray(0, length));
      await open.write(chunk.subarray(0, length)).catch(() => {});
    }
  }
}

function connectTo(proxy: TcpProxy): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
}

async function send(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** The next bytes as text; null at the end of the stream or when the connection was reset. */
async function receive(connection: Deno.Conn): Promise<string | null> {
  const chunk = new Uint8Array(1000);
  const length = await connection.read(chunk).catch(() => null);
  return length === null ? null : new TextDecoder().decode(chunk.subarray(0, length));
}

Deno.test("TcpProxy forwards both ways and counts connections", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using first = await connectTo(proxy);
  await send(first, "hello");
  assert.equal(await receive(first), "hello");
  using second = await connectTo(proxy);
  await send(second, "again");
  assert.equal(await receive(second), "again");
  assert.equal(proxy.acceptedCount, 2);
});

Deno.test("TcpProxy passes the end of a stream on", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using connection = await connectTo(proxy);
  await send(connection, "last");
  await connection.closeWrite();
  assert.equal(await receive(connection), "last");
  assert.equal(await receive(connection), null);
});

Deno.test("TcpProxy in mode drop holds requests until it passes again", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using connection = await connectTo(proxy);
  await send(connection, "one");
  assert.equal(await receive(connection), "one");

  await proxy.setMode("drop");
  await send(connection, "two");
  // A second link to the same server, in order to see that time was enough for the first.
  await using other = TcpProxy.start({ target: server.address });
  using witness = await connectTo(other);
  await send(witness, "witness");
  assert.equal(await receive(witness), "witness");
  assert.equal(server.received, "onewitness");

  await proxy.setMode("pass");
  assert.equal(await receive(connection), "two");
});

Deno.test("TcpProxy in mode hold-replies lets requests through only", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using connection = await connectTo(proxy);
  await proxy.setMode("hold-replies");
  await send(connection, "write");
  await until(() => server.received, (received) => received === "write", { intervalMs: 1 });
  const reply = receive(connection);
  proxy.cutConnections();
  assert.equal(await reply, null);
});

Deno.test("TcpProxy in mode refuse refuses new connections and keeps the old", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using old = await connectTo(proxy);
  await send(old, "before");
  assert.equal(await receive(old), "before");

  await proxy.setMode("refuse");
  await assert.rejects(connectTo(proxy), Deno.errors.ConnectionRefused);
  await send(old, "after");
  assert.equal(await receive(old), "after");

  await proxy.setMode("pass");
  using fresh = await connectTo(proxy);
  await send(fresh, "fresh");
  assert.equal(await receive(fresh), "fresh");
});

Deno.test("TcpProxy.cutConnections() closes every connection", async () => {
  await using server = new EchoServer();
  await using proxy = TcpProxy.start({ target: server.address });
  using connection = await connectTo(proxy);
  await send(connection, "hello");
  assert.equal(await receive(connection), "hello");
  proxy.cutConnections();
  assert.equal(await receive(connection), null);
});

Deno.test("TcpProxy closes the client's connection when the target refuses", async () => {
  await using proxy = TcpProxy.start({ target: `127.0.0.1:${freePort()}` });
  using connection = await connectTo(proxy);
  assert.equal(await receive(connection), null);
});

Deno.test("SilentServer accepts and says nothing", async () => {
  await using server = SilentServer.start();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await send(connection, "anybody there?");
  await until(() => server.acceptedCount, (count) => count === 1, { intervalMs: 1 });
  const answer = receive(connection);
  const silence = delay(30, { signal: AbortSignal.timeout(1000) });
  assert.equal(await Promise.race([answer, silence]), undefined);
  connection.close();
  await answer;
});
