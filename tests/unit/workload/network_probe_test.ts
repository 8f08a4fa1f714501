import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { freePort } from "../../support/ports.ts";
import { describeProbe, probe, type ProbeTarget } from "../../../src/workload/probe.ts";

const { signal } = new AbortController();
const OPTIONS = { environment: {}, timeoutMs: 10_000, signal };

/** A server that sends these bytes to whoever has asked, and keeps the connection open. */
function answering(answer: string | Uint8Array, options: { hostname?: string } = {}) {
  const listener = Deno.listen({ hostname: options.hostname ?? "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const closed: boolean[] = [];
  const bytes = typeof answer === "string" ? new TextEncoder().encode(answer) : answer;
  const serve = async (connection: Deno.Conn, index: number) => {
    const chunk = new Uint8Array(4096);
    const count = await connection.read(chunk);
    requests.push(new TextDecoder().decode(chunk.subarray(0, count ?? 0)));
    await connection.write(bytes).catch(() => 0);
    await connection.read(chunk).catch(() => null);
    connection.close();
    closed[index] = true;
  };
  const serving = (async () => {
    const all: Promise<void>[] = [];
    for await (const connection of listener) all.push(serve(connection, all.length));
    await Promise.all(all);
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    port,
    requests,
    closed,
    url: (path = "/") => `http://127.0.0.1:${port}${path}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

const http = (url: string): ProbeTarget => ({ kind: "http", url });

async function causeOf(target: ProbeTarget, timeoutMs = 10_000): Promise<string> {
  const error = await probe(target, { ...OPTIONS, timeoutMs }).then(
    () => assert.fail("The probe succeeded"),
    (error) => error,
  );
  assert.equal(error.message, `${describeProbe(target)} does not answer well`);
  return error.cause.message;
}

for (const status of ["200 OK", "204 No Content", "299 Whatever"]) {
  Deno.test(`probe() takes HTTP ${status} for well`, async () => {
    await using server = answering(`HTTP/1.1 ${status}\r\n\r\n`);
    await probe(http(server.url("/ready?deep=1")), OPTIONS);
    assert.match(server.requests[0]!, /^GET \/ready\?deep=1 HTTP\/1\.1\r\n/);
    assert.match(server.requests[0]!, /\r\nconnection: close\r\n/);
  });
}

for (const status of ["301 Moved", "302 Found", "404 Not Found", "500 Oops", "503 Standby"]) {
  Deno.test(`probe() does not take HTTP ${status} for well`, async () => {
    await using server = answering(`HTTP/1.1 ${status}\r\nlocation: /\r\n\r\n`);
    const code = status.slice(0, 3);
    assert.equal(await causeOf(http(server.url())), `The answer is ${code}`);
  });
}

for (const answer of ["SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n", "HTTP/2 200\r\n", "\r\n"]) {
  Deno.test(`probe() does not take ${JSON.stringify(answer)} for HTTP`, async () => {
    await using server = answering(answer);
    assert.equal(await causeOf(http(server.url())), "The answer is not HTTP");
  });
}

Deno.test("probe() reads no endless answer", async () => {
  await using server = answering(new Uint8Array(1024 * 1024).fill(65));
  assert.equal(await causeOf(http(server.url())), "The answer is not HTTP");
});

Deno.test("probe() closes its connection although the server keeps it open", async () => {
  await using server = answering("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nmore");
  await probe(http(server.url()), OPTIONS);
  await until(() => server.closed[0], (isClosed) => isClosed === true);
});

Deno.test("probe() ends at its time limit when the server says nothing (T19)", async () => {
  await using server = SilentServer.start();
  assert.equal(await causeOf(http(`http://${server.address}/`), 20), "No answer within 20 ms");
});

Deno.test("probe() ends with the signal while the server says nothing", async () => {
  await using server = SilentServer.start();
  const stop = new AbortController();
  const asking = probe(http(`http://${server.address}/`), { ...OPTIONS, signal: stop.signal });
  await until(() => server.acceptedCount, (count) => count === 1);
  stop.abort(new Error("enough"));
  await assert.rejects(asking, { message: "enough" });
});

Deno.test("probe() ends at once when the signal has aborted", async () => {
  const options = { ...OPTIONS, signal: AbortSignal.abort(new Error("enough")) };
  for (
    const target of [
      http("http://127.0.0.1:1/"),
      { kind: "tcp", host: "127.0.0.1", port: 1 },
      { kind: "command", words: ["true"] },
    ] satisfies ProbeTarget[]
  ) {
    await assert.rejects(probe(target, options), { message: "enough" });
  }
});

Deno.test("probe() takes an open port for well, on IPv4 and IPv6", async () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    await using server = answering("", { hostname });
    await probe({ kind: "tcp", host: hostname, port: server.port }, OPTIONS);
  }
});

Deno.test("probe() finds a service on whichever address of its name it lives", async () => {
  await using server = answering("HTTP/1.1 200 OK\r\n\r\n");
  await probe({ kind: "tcp", host: "localhost", port: server.port }, OPTIONS);
  await probe(http(`http://localhost:${server.port}/`), OPTIONS);
});

Deno.test("probe() asks an IPv6 address for HTTP", async () => {
  await using server = answering("HTTP/1.1 200 OK\r\n\r\n", { hostname: "::1" });
  await probe(http(`http://[::1]:${server.port}/`), OPTIONS);
  assert.match(server.requests[0]!, /\r\nhost: \[::1\]:\d+\r\n/);
});

Deno.test("probe() says that a port is closed, and that a name is unknown", async () => {
  const closed = { kind: "tcp", host: "127.0.0.1", port: freePort() } as const;
  assert.match(await causeOf(closed), /refused/i);
  assert.match(await causeOf({ ...closed, host: "no.such.host.invalid" }), /no\.such\.host/);
});

Deno.test("probe() fails at a server that does not speak TLS", async () => {
  await using server = answering("HTTP/1.1 200 OK\r\n\r\n");
  assert.notEqual(await causeOf(http(`https://127.0.0.1:${server.port}/`)), "");
});

Deno.test("probe() does not wait for TLS longer than its limit", async () => {
  await using server = SilentServer.start();
  assert.equal(await causeOf(http(`https://${server.address}/`), 20), "No answer within 20 ms");
});

Deno.test("describeProbe() names the target as an operator writes it", () => {
  assert.equal(describeProbe({ kind: "tcp", host: "::1", port: 80 }), "[::1]:80");
  assert.equal(describeProbe({ kind: "tcp", host: "localhost", port: 80 }), "localhost:80");
  assert.equal(describeProbe(http("http://a/b")), "http://a/b");
  assert.equal(
    describeProbe({ kind: "command", words: ["is-ready", "--quiet"] }),
    "is-ready --quiet",
  );
});
