import assert from "node:assert/strict";
import {
  fileName,
  isApacheName,
  isUnfinishedName,
  parseFileName,
} from "../../../../src/quorum/storage/file_names.ts";

Deno.test("fileName() is what parseFileName() reads", () => {
  assert.equal(fileName("log", 1n), "0000000000000001.log");
  const parsed = { kind: "snapshot", zxid: 0xabcn } as const;
  assert.deepEqual(parseFileName(fileName("snapshot", 0xabcn)), parsed);
});

Deno.test("names that the store does not give are nobody's of its own", () => {
  for (
    const name of ["log.1", "1.log", "000000000000000G.log", "0000000000000001.log.tmp", "lock"]
  ) {
    assert.equal(parseFileName(name), undefined, name);
  }
  assert.ok(isUnfinishedName("0000000000000001.log.tmp"));
  assert.ok(!isUnfinishedName("notes.tmp"));
});

Deno.test("isApacheName() knows the files of Apache ZooKeeper", () => {
  for (const name of ["log.1", "snapshot.0", "snapshot.1f.gz"]) assert.ok(isApacheName(name), name);
  for (const name of ["log", "snapshot.txt", "log.1.bak"]) assert.ok(!isApacheName(name), name);
});
