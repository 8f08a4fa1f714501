import assert from "node:assert/strict";
import { isValidPath, ownString, sequenceSuffix } from "../../../../src/quorum/tree/paths.ts";

Deno.test("isValidPath() takes what ZooKeeper 3.8.0 was seen to take", () => {
  for (const path of ["/", "/a", "/a/b", "/a\ud7ff", "/...", "/.a", "/a b"]) {
    assert.ok(isValidPath(path), path);
  }
});

Deno.test("isValidPath() refuses what ZooKeeper 3.8.0 was seen to refuse", () => {
  const characters = [
    "\0",
    "\u0001",
    "\u007f",
    "\ud83d\ude00",
    "\ue000",
    "\uf8ff",
    "\ufff0",
    "\ufffe",
  ];
  const paths = ["", "a", "/a/", "//", "//a", "/a//b", "/.", "/..", "/./a", "/a/../b"];
  for (const path of [...paths, ...characters.map((each) => `/a${each}`)]) {
    assert.equal(isValidPath(path), false, JSON.stringify(path));
  }
});

Deno.test("sequenceSuffix() is Java's %010d", () => {
  assert.equal(sequenceSuffix(0), "0000000000");
  assert.equal(sequenceSuffix(2 ** 31 - 1), "2147483647");
  assert.equal(sequenceSuffix(-5), "-000000005");
  assert.equal(sequenceSuffix(-(2 ** 31)), "-2147483648");
});

Deno.test("ownString() is the same text, whatever it holds", () => {
  for (const text of ["", "a", "123", '"', "\\u0041", "\ud7ff\u2028", "_c_1-latch-0000000001"]) {
    assert.equal(ownString(text), text);
  }
});
