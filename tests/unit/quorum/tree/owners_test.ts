import assert from "node:assert/strict";
import { CONTAINER_OWNER, ownershipOf, ttlOwner } from "../../../../src/quorum/tree/owners.ts";

Deno.test("ownershipOf() tells the kinds of owners apart", () => {
  assert.deepEqual(ownershipOf(0n), { kind: "none" });
  assert.deepEqual(ownershipOf(0x1000_1234n), { kind: "session" });
  assert.deepEqual(ownershipOf(CONTAINER_OWNER), { kind: "container" });
  assert.deepEqual(ownershipOf(-(2n ** 62n)), { kind: "session" });
});

Deno.test("ttlOwner() keeps the time to live in 40 bits", () => {
  for (const ttlMs of [1n, 60_000n, 2n ** 40n - 1n]) {
    assert.deepEqual(ownershipOf(ttlOwner(ttlMs)!), { kind: "ttl", ttlMs });
  }
  for (const ttlMs of [0n, -1n, 2n ** 40n]) assert.equal(ttlOwner(ttlMs), undefined);
});
