import assert from "node:assert/strict";
import { openTcpSocket, resolveHost } from "../../../src/zookeeper/transport.ts";
import { RawServer } from "../../support/raw_server.ts";
import { until } from "../../support/until.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };

Deno.test("resolveHost() gives an address back as it is", async () => {
  assert.deepEqual(await resolveHost("127.0.0.1"), ["127.0.0.1"]);
  assert.deepEqual(await resolveHost("::1"), ["::1"]);
});

Deno.test("resolveHost() gives every address of a name", async () => {
  const addresses = await resolveHost("localhost");
  assert.ok(addresses.includes("127.0.0.1") || addresses.includes("::1"), `${addresses}`);
});

Deno.test("openTcpSocket() reads, writes and closes", sanitized, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [socket, peer] = await Promise.all([
    openTcpSocket({ hostname: "127.0.0.1", port: listener.addr.port }, {
      serverName: "zk",
      signal: AbortSignal.timeout(5000),
    }),
    listener.accept(),
  ]);
  assert.equal(await socket.write(new Uint8Array([1, 2])), 2);
  const bytes = new Uint8Array(8);
  assert.equal(await peer.read(bytes), 2);
  const reading = assert.rejects(socket.read(bytes));
  socket.close();
  await reading;
  assert.equal(await peer.read(bytes), null);
  peer.close();
});

Deno.test("openTcpSocket() rejects when nobody listens", sanitized, async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    openTcpSocket({ hostname: "127.0.0.1", port }, {
      serverName: "zk",
      signal: AbortSignal.timeout(5000),
    }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("openTcpSocket() closes what opens while its signal aborts", sanitized, async () => {
  let ended = 0;
  await using server = RawServer.start(async (visit) => {
    await visit.count(1);
    ended++;
  });
  const address = { hostname: "127.0.0.1", port: server.port };
  for (let count = 0; count < 20; count++) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("too late")), 1);
    const opening = openTcpSocket(address, { serverName: "zk", signal: controller.signal });
    // Now both the kernel and the timer are done, and nobody has been told.
    blockFor(5);
    await opening.then((socket) => socket.close(), () => {});
    clearTimeout(timer);
  }
  await until(() => ended, (count) => count === 20);
});

function blockFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

Deno.test("openTcpSocket() ends with its signal while TCP is not answered", sanitized, async () => {
  // A full queue of connections that nobody accepts: the kernel then answers no more.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const open = (signal: AbortSignal) =>
    openTcpSocket({ hostname: "127.0.0.1", port: listener.addr.port }, {
      serverName: "zk",
      signal,
    });
  const queued = [await open(AbortSignal.timeout(5000)), await open(AbortSignal.timeout(5000))];
  const controller = new AbortController();
  const opening = open(controller.signal);
  controller.abort(new Error("stop"));
  await assert.rejects(opening, /stop/);
  for (const socket of queued) socket.close();
});
