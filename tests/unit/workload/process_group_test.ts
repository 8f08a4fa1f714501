import assert from "node:assert/strict";
import { parseStartTime } from "../../../src/workload/process_group.ts";

const FIELDS = "S 23366 23366 15636 0 -1 4194304 4834 2 40 0 1 4 0 0 20 0 8 0 1256222 187 15240";

for (const name of ["sleep", "a b", ") S 1 2 3", "(("]) {
  Deno.test(`parseStartTime() is not confused by a program called ${name}`, () => {
    assert.equal(parseStartTime(`42 (${name}) ${FIELDS}\n`), "1256222");
  });
}

Deno.test("parseStartTime() knows a process that is gone from one that cannot be read", () => {
  assert.equal(parseStartTime("gone\n"), "gone");
  assert.equal(parseStartTime(""), "unknown");
  assert.equal(parseStartTime("42 (sleep) S 1"), "unknown");
});
