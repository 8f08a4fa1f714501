import assert from "node:assert/strict";
import { listenAt, ListenError } from "../../../../src/quorum/server/listeners.ts";

const portOf = (listener: Deno.TcpListener) => (listener.addr as Deno.NetAddr).port;

Deno.test("listenAt() takes localhost for the loopback of both families, at one port", () => {
  const listeners = listenAt({ host: "localhost", port: 0 });
  const ports = new Set(listeners.map(portOf));
  for (const listener of listeners) listener.close();
  assert.equal(ports.size, 1);
  assert.equal(listeners.length, 2);
});

Deno.test("listenAt() without a host takes both families", async () => {
  const [listener] = listenAt({ port: 0 });
  for (const hostname of ["127.0.0.1", "::1"]) {
    const [client, server] = await Promise.all([
      Deno.connect({ hostname, port: portOf(listener!) }),
      listener!.accept(),
    ]);
    client.close();
    server.close();
  }
  listener!.close();
});

Deno.test("listenAt() says which address cannot be had, and leaves none open", () => {
  using taken = Deno.listen({ hostname: "::1", port: 0 });
  const port = (taken.addr as Deno.NetAddr).port;
  assert.throws(() => listenAt({ host: "localhost", port }), (error) => {
    assert.ok(error instanceof ListenError);
    assert.match(error.message, new RegExp(`^Cannot listen on \\[::1\\]:${port}: another process`));
    return true;
  });
  Deno.listen({ hostname: "127.0.0.1", port }).close();
  assert.throws(() => listenAt({ host: "192.0.2.1", port: 0 }), /does not have that address$/);
});
