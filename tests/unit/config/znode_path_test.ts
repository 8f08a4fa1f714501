import assert from "node:assert/strict";
import { joinZnodePath, parseZnodePath } from "../../../src/config/znode_path.ts";
import { problemsOf } from "./problems.ts";

const JOINED: [string, string, string][] = [
  ["/flink", "/cluster_one", "/flink/cluster_one"],
  ["/flink/", "/namespace/", "/flink/namespace"],
  ["//flink//", "//namespace//", "/flink/namespace"],
  ["flink", "namespace", "/flink/namespace"],
  ["////", "namespace", "/namespace"],
  ["/root", "/", "/root"],
  ["a/b", "c/d", "/a/b/c/d"],
  ["", "", "/"],
];

for (const [root, id, path] of JOINED) {
  Deno.test(`joinZnodePath() joins ${JSON.stringify(root)} and ${JSON.stringify(id)}`, () => {
    assert.equal(joinZnodePath(root, id), path);
  });
}

Deno.test("parseZnodePath() gives the path one slash before and none after", () => {
  assert.equal(parseZnodePath("cluster_one"), "/cluster_one");
  assert.equal(parseZnodePath(" //a/b// "), "/a/b");
  assert.equal(parseZnodePath("/"), "/");
});

for (const text of ["a//b", "a/./b", "/a/..", ".", "a\u0000b", "a\tb", "a\ue000b"]) {
  Deno.test(`parseZnodePath() refuses ${JSON.stringify(text)}`, () => {
    assert.match(
      problemsOf(() => parseZnodePath(text)).join(),
      /which ZooKeeper refuses|that ZooKeeper refuses/,
    );
  });
}
