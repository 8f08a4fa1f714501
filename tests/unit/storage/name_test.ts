import assert from "node:assert/strict";
import { isStorageError } from "../../../src/storage/errors.ts";
import { checkFolderName, parseBlobName } from "../../../src/storage/name.ts";

const BAD_SEGMENTS = [
  "",
  ".",
  "..",
  ".hidden",
  "a\0b",
  "a b",
  "a\\b",
  "é",
  "🙂",
  "a\n",
  "a:b",
  "a%2f",
];

Deno.test("parseBlobName() takes one segment, or a folder and a segment", () => {
  assert.deepEqual(parseBlobName("a"), { folder: undefined, segment: "a" });
  assert.deepEqual(parseBlobName("state-0f/a.1_~-Z"), { folder: "state-0f", segment: "a.1_~-Z" });
  assert.deepEqual(parseBlobName("x".repeat(255)).segment.length, 255);
});

Deno.test("parseBlobName() refuses every other name", () => {
  const names = BAD_SEGMENTS.flatMap((bad) => [bad, `a/${bad}`, `${bad}/a`]);
  for (const name of [...names, "a/b/c", "/a", "a/", "../etc/passwd", "x".repeat(256)]) {
    assert.throws(
      () => parseBlobName(name),
      (error) => isStorageError(error, "misconfigured"),
      JSON.stringify(name),
    );
  }
});

Deno.test("parseBlobName() does not repeat an endless name", () => {
  assert.throws(() => parseBlobName("/".repeat(100_000)), (error: Error) => {
    return error.message.length < 600;
  });
});

Deno.test("checkFolderName() takes one segment only", () => {
  checkFolderName("state-0f");
  for (const folder of [...BAD_SEGMENTS, "a/b"]) {
    assert.throws(() => checkFolderName(folder), { kind: "misconfigured" });
  }
});
