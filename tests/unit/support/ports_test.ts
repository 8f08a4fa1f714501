import assert from "node:assert/strict";
import { freePort, freePorts, listenAgain, untilFree } from "../../support/ports.ts";

// The module as another test file has it.
const other = "../../support/ports.ts?other";
const { freePorts: otherPorts } = await import(other) as { freePorts: typeof freePorts };

Deno.test("freePort() returns a port that can be bound, outside the clients' range", () => {
  const port = freePort();
  assert.ok(port >= 10_000 && port < 32_768, `${port}`);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("freePorts() returns no port again as long as it has others", () => {
  const ports = [...freePorts(100), ...freePorts(100)];
  assert.equal(new Set(ports).size, 200);
});

Deno.test("freePort() never returns a port of another file's", () => {
  const ports = new Set(freePorts(100));
  assert.deepEqual(otherPorts(100).filter((port) => ports.has(port)), []);
});

Deno.test("freePort() returns no port that somebody listens on", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  assert.ok(!freePorts(256).includes(taken.addr.port));
});

Deno.test("listenAgain() waits until the port is free", async () => {
  const port = freePort();
  const before = Deno.listen({ hostname: "127.0.0.1", port });
  const again = listenAgain(port);
  before.close();
  using listener = await again;
  assert.equal(listener.addr.port, port);
});

Deno.test("untilFree() waits as long as somebody listens", async () => {
  const port = freePort();
  const before = Deno.listen({ hostname: "127.0.0.1", port });
  let isFree = false;
  const free = untilFree(port).then(() => isFree = true);
  using other = await Deno.connect({ hostname: "127.0.0.1", port });
  (await before.accept()).close();
  assert.equal(await other.read(new Uint8Array(1)), null);
  assert.equal(isFree, false);
  before.close();
  assert.equal(await free, true);
});
