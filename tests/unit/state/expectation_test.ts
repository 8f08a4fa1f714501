import assert from "node:assert/strict";
import type { Expectation } from "../../../src/state/entry.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { checkExpectation } from "../../../src/state/expectation.ts";
import type { Pointer } from "../../../src/state/pointer.ts";
import type { FoundPointer } from "../../../src/state/pointers.ts";

const pointer = { versions: [{ version: 5n }], isDeleted: false, other: {} } as unknown as Pointer;

const FOUND: Record<string, FoundPointer> = {
  none: { kind: "none" },
  deleted: { kind: "pointer", pointer: { ...pointer, isDeleted: true }, nodeVersion: 1 },
  "version 5": { kind: "pointer", pointer, nodeVersion: 1 },
};

const CASES: [found: string, expected: Expectation | undefined, problem: RegExp | undefined][] = [
  ["none", undefined, undefined],
  ["none", "absent", undefined],
  ["none", "present", /^a does not exist: nothing was written$/],
  ["none", { version: 5n }, /^a does not exist, and version 5 was expected/],
  ["deleted", "absent", undefined],
  ["deleted", "present", /does not exist/],
  ["deleted", { version: 5n }, /does not exist/],
  ["version 5", undefined, undefined],
  ["version 5", "absent", /^a exists, with version 5/],
  ["version 5", "present", undefined],
  ["version 5", { version: 5n }, undefined],
  ["version 5", { version: 4n }, /^a has version 5, not 4/],
];

for (const [found, expected, problem] of CASES) {
  const wanted = Deno.inspect(expected);
  Deno.test(`checkExpectation() ${problem ? "refuses" : "allows"} ${wanted} on ${found}`, () => {
    const check = () => checkExpectation("a", FOUND[found]!, expected);
    if (problem === undefined) return check();
    assert.throws(check, (error) => {
      assert.ok(isStateError(error, "version-mismatch"));
      assert.match(error.message, problem);
      assert.equal(error.version, found === "version 5" ? 5n : undefined);
      return true;
    });
  });
}
