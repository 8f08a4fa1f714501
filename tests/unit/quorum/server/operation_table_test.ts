import assert from "node:assert/strict";
import { SERVED_OPERATIONS } from "../../../../src/quorum/server/operation_table.ts";
import { OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import { operations } from "../../../../src/zookeeper/wire/operations.ts";

Deno.test("SERVED_OPERATIONS has every operation that a client may send", () => {
  const missing = Object.values(operations).filter(({ code }) => !SERVED_OPERATIONS.has(code));
  assert.deepEqual(missing, []);
});

Deno.test("SERVED_OPERATIONS has nothing that only servers say to each other", () => {
  for (const name of ["createSession", "error", "notification"] as const) {
    assert.equal(SERVED_OPERATIONS.has(OpCode[name]), false, name);
  }
});
