import type { Expectation } from "./entry.ts";
import { StateError } from "./errors.ts";
import type { FoundPointer } from "./pointers.ts";

/**
 * Refuses a write that expects another version than there is.
 * @throws {StateError} `version-mismatch`
 */
export function checkExpectation(
  name: string,
  found: FoundPointer,
  expected: Expectation | undefined,
): void {
  if (expected === undefined || found.kind === "unreadable") return;
  const version = currentVersion(found);
  const problem = mismatch(version, expected);
  if (problem === undefined) return;
  throw new StateError("version-mismatch", `${name} ${problem}: nothing was written`, { version });
}

/** The version that readers see; undefined if they see no entry. */
export function currentVersion(found: FoundPointer): bigint | undefined {
  if (found.kind !== "pointer" || found.pointer.isDeleted) return undefined;
  return found.pointer.versions[0].version;
}

function mismatch(version: bigint | undefined, expected: Expectation): string | undefined {
  switch (expected) {
    case "absent":
      return version === undefined ? undefined : `exists, with version ${version}`;
    case "present":
      return version === undefined ? "does not exist" : undefined;
    default:
      if (version === expected.version) return undefined;
      return version === undefined
        ? `does not exist, and version ${expected.version} was expected`
        : `has version ${version}, not ${expected.version}`;
  }
}
