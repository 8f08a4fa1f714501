import assert from "node:assert/strict";
import { freePort, freePorts } from "../../support/ports.ts";

Deno.test("freePort() returns a port that can be bound, outside the clients' range", () => {
  const port = freePort();
  assert.ok(port >= 10_000 && port < 32_768, `${port}`);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("freePorts() never returns a port twice", () => {
  const ports = [...freePorts(100), ...freePorts(100)];
  assert.equal(new Set(ports).size, 200);
});
