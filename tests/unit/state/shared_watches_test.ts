import assert from "node:assert/strict";
import { SharedWatches } from "../../../src/state/shared_watches.ts";

Deno.test("listen() gives all who listen to a path the same watcher, which tells each of them", () => {
  const watches = new SharedWatches();
  const told: string[] = [];
  using one = watches.listen("/a", () => told.push("one"));
  using two = watches.listen("/a", () => told.push("two"));
  using other = watches.listen("/b", () => told.push("other"));
  assert.equal(one.watcher, two.watcher);
  assert.notEqual(one.watcher, other.watcher);
  two.watcher();
  assert.deepEqual(told, ["one", "two"]);
});

Deno.test("listen() tells nobody who has gone, and gives those who come later the same watcher", () => {
  const watches = new SharedWatches();
  const told: string[] = [];
  const gone = watches.listen("/a", () => told.push("gone"));
  gone[Symbol.dispose]();
  using later = watches.listen("/a", () => told.push("later"));
  assert.equal(later.watcher, gone.watcher);
  gone.watcher();
  assert.deepEqual(told, ["later"]);
});

Deno.test("listen() forgets a path whose watcher was told when nobody listened", () => {
  const watches = new SharedWatches();
  const gone = watches.listen("/a", () => {});
  gone[Symbol.dispose]();
  gone.watcher();
  using later = watches.listen("/a", () => {});
  assert.notEqual(later.watcher, gone.watcher);
});
