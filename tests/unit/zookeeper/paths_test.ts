import assert from "node:assert/strict";
import { InvalidArgumentError } from "../../../src/zookeeper/errors.ts";
import { Chroot, joinPath, parentPath, validatePath } from "../../../src/zookeeper/paths.ts";

const GOOD = [
  "/",
  "/a",
  "/a/b",
  "/a b",
  "/ä/€",
  "/..a",
  "/a..",
  "/.a/b.c",
  "/...",
  "/~",
  "/\u00a0",
];
for (const path of GOOD) {
  Deno.test(`validatePath() takes ${JSON.stringify(path)}`, () => validatePath(path));
}

const BAD: [path: string, why: RegExp][] = [
  ["", /does not start with a slash/],
  ["a", /does not start with a slash/],
  ["a/b", /does not start with a slash/],
  ["//", /empty name/],
  ["//a", /empty name/],
  ["/a//b", /empty name/],
  ["/a/", /empty name/],
  ["/.", /relative name/],
  ["/..", /relative name/],
  ["/a/./b", /relative name/],
  ["/a/../b", /relative name/],
  ["/a/..", /relative name/],
  ["/a\u0000", /holds the character/],
  ["/\u0001", /holds the character/],
  ["/\n", /holds the character/],
  ["/\u001f", /holds the character/],
  ["/\u007f", /holds the character/],
  ["/\u009f", /holds the character/],
  ["/\ud800", /holds the character/],
  ["/😀", /holds the character/],
  ["/\uf8ff", /holds the character/],
  ["/\ufff0", /holds the character/],
  ["/\uffff", /holds the character/],
];
for (const [path, why] of BAD) {
  Deno.test(`validatePath() refuses ${JSON.stringify(path)}`, () => {
    assert.throws(() => validatePath(path), (error) => {
      assert.ok(error instanceof InvalidArgumentError);
      assert.match(error.message, why);
      return true;
    });
  });
}

Deno.test("validatePath() lets a sequential node be named by its number alone", () => {
  validatePath("/a/", { isSequential: true });
  validatePath("/a", { isSequential: true });
  validatePath("/", { isSequential: true });
  assert.throws(() => validatePath("/a//", { isSequential: true }), InvalidArgumentError);
});

Deno.test("parentPath() goes one level up and stays at the root", () => {
  assert.equal(parentPath("/a/b"), "/a");
  assert.equal(parentPath("/a"), "/");
  assert.equal(parentPath("/"), "/");
});

Deno.test("joinPath() names a child of any node, the root included", () => {
  assert.equal(joinPath("/a", "b"), "/a/b");
  assert.equal(joinPath("/", "b"), "/b");
});

for (const root of ["", "/"]) {
  Deno.test(`Chroot(${JSON.stringify(root)}) leaves paths alone`, () => {
    for (const path of ["/", "/a", "/a/b"]) {
      assert.equal(new Chroot(root).toServer(path), path);
      assert.equal(new Chroot(root).toClient(path), path);
    }
  });
}

Deno.test("Chroot translates in both directions", () => {
  const chroot = new Chroot("/app/one");
  for (
    const [client, server] of [
      ["/", "/app/one"],
      ["/a", "/app/one/a"],
      ["/a/b", "/app/one/a/b"],
    ] as const
  ) {
    assert.equal(chroot.toServer(client), server);
    assert.equal(chroot.toClient(server), client);
  }
});

Deno.test("Chroot keeps a sequential node that has no name of its own inside", () => {
  assert.equal(new Chroot("/app").toServer("/", { isSequential: true }), "/app/");
  assert.equal(new Chroot("").toServer("/", { isSequential: true }), "/");
});

Deno.test("Chroot leaves a path outside of it as it is", () => {
  const chroot = new Chroot("/app");
  for (const path of ["/zookeeper", "/apple", "/", "/other/app/a"]) {
    assert.equal(chroot.toClient(path), path);
  }
});
