import assert from "node:assert/strict";
import { bytes, createBody, World } from "./world.ts";

const START = { timeoutMs: 4000, password: bytes("0123456789abcdef") };

Deno.test("a session is there from its creation until it is closed", () => {
  const world = new World();
  const { transaction } = world.write("createSession", { sessionId: 0x100n, ...START });
  assert.deepEqual(transaction.change, { kind: "createSession", ...START });
  assert.deepEqual(world.database.session(0x100n), { sessionId: 0x100n, ...START });
  assert.deepEqual([...world.database.sessions()].map(({ sessionId }) => sessionId), [0x100n]);
  assert.equal(world.errorOf("closeSession", undefined), 0);
  assert.equal(world.database.session(0x100n), undefined);
});

Deno.test("closing a session deletes its ephemeral nodes in one transaction that names them", () => {
  const world = new World();
  world.create("/a");
  world.create("/a/x", { flags: 1 });
  world.create("/y", { flags: 1 });
  world.create("/z", { flags: 1, client: world.other });
  world.read("addWatch", { path: "/", mode: 1 }, world.other);
  const { transaction } = world.write("closeSession", undefined);
  assert.deepEqual(transaction.change, { kind: "closeSession", paths: ["/a/x", "/y"] });
  assert.deepEqual(world.told(world.other), ["2 /a/x", "2 /y"]);
  assert.equal(world.stat("/a")!.pzxid, transaction.zxid);
  assert.equal(world.stat("/y"), undefined);
  assert.deepEqual([...world.database.ephemerals()], [[0x200n, ["/z"]]]);
  assert.equal(world.database.ephemeralCount, 1);
});

Deno.test("a deleted ephemeral node is not its session's any more", () => {
  const world = new World();
  world.create("/x", { flags: 1 });
  assert.equal(world.stat("/x")!.ephemeralOwner, 0x100n);
  world.delete("/x");
  world.create("/x");
  world.write("closeSession", undefined);
  assert.equal(world.stat("/x")!.ephemeralOwner, 0n);
});

Deno.test("closing a session that has nothing is a transaction, too", () => {
  const { transaction, reply } = new World().write("closeSession", undefined);
  assert.deepEqual([transaction.change, reply.error], [{ kind: "closeSession", paths: [] }, 0]);
});

Deno.test("closing a session with twenty thousand nodes takes steps by the node and not by the square", () => {
  const world = new World();
  for (let index = 0; index < 20_000; index++) {
    world.database.write(
      { operation: 1, body: createBody(`/e-${index}`, { flags: 1 }) },
      world.client.author,
      0n,
    );
  }
  const { transaction } = world.write("closeSession", undefined);
  assert.equal(transaction.zxid, 20_001n);
  assert.equal(world.database.nodeCount, 5);
});
