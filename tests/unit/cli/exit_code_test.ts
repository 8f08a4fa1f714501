import assert from "node:assert/strict";
import { exitCodeOf } from "../../../src/cli/exit_code.ts";
import { LocalFileError } from "../../../src/cli/local_file_error.ts";
import { TimeIsUpError } from "../../../src/cli/time_is_up_error.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { ConfigError } from "../../../src/config/config_error.ts";
import { StartError } from "../../../src/daemon/start_error.ts";
import { TokenError } from "../../../src/daemon/token_error.ts";
import { StateError, type StateErrorKind } from "../../../src/state/errors.ts";
import { StorageError, type StorageErrorKind } from "../../../src/storage/errors.ts";

Deno.test("exitCodeOf() tells kinds of failure apart", () => {
  const cases: [error: unknown, code: number][] = [
    [new UsageError(""), 64],
    [new ConfigError([]), 78],
    [new StartError(""), 1],
    [new LocalFileError(""), 1],
    [new TimeIsUpError(""), 75],
    [new TokenError(""), 77],
    [new TypeError(""), 2],
    ["text", 2],
  ];
  for (const [error, code] of cases) assert.equal(exitCodeOf(error), code, String(error));
});

Deno.test("exitCodeOf() knows every failure of the state", () => {
  const codes: Record<StateErrorKind, number> = {
    "invalid-name": 64,
    "not-found": 1,
    "version-mismatch": 1,
    "broken": 1,
    "too-large": 1,
    "not-leading": 75,
    "unknown-outcome": 75,
    "wrong-storage": 78,
    "storage": 74,
    "unavailable": 69,
  };
  for (const [kind, code] of Object.entries(codes)) {
    assert.equal(exitCodeOf(new StateError(kind as StateErrorKind, "")), code, kind);
  }
});

Deno.test("exitCodeOf() looks at what is wrong with the storage", () => {
  const codes: Record<StorageErrorKind, number> = {
    "unavailable": 69,
    "timeout": 69,
    "misconfigured": 78,
    "full": 74,
    "read-only": 74,
    "denied": 74,
    "failed": 74,
    "not-found": 74,
    "exists": 74,
  };
  for (const [kind, code] of Object.entries(codes)) {
    const cause = new StorageError(kind as StorageErrorKind, "");
    assert.equal(exitCodeOf(cause), code, kind);
    assert.equal(exitCodeOf(new StateError("storage", "", { cause })), code, kind);
  }
});
