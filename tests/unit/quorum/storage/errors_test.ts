import assert from "node:assert/strict";
import { CorruptDataError, StorageFailedError } from "../../../../src/quorum/storage/errors.ts";

for (
  const [error, code, fact] of [
    [Object.assign(new Error("x"), { code: "ENOSPC" }), "ENOSPC", "no space is left (ENOSPC)"],
    [new Error("Quota (os error 122)"), "EDQUOT", "the quota is used up (EDQUOT)"],
    [new Error("Stale (os error 116)"), "ESTALE", "Stale (os error 116)"],
    [new TypeError("odd"), "TypeError", "odd"],
    ["text", "unknown", "text"],
  ] as const
) {
  Deno.test(`a StorageFailedError says what failed and why: ${code}`, () => {
    const failure = new StorageFailedError("write /data/log", error);
    assert.equal(failure.code, code);
    assert.equal(failure.message, `Cannot write /data/log: ${fact}`);
    assert.equal(failure.cause, error);
  });
}

Deno.test("a CorruptDataError names the file and the offset", () => {
  const { message } = CorruptDataError.at("/data/log", 64, "it is cut off");
  assert.equal(message, "The data is corrupt: /data/log, offset 64: it is cut off");
});
