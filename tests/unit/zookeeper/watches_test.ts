import assert from "node:assert/strict";
import {
  WatchDispatcher,
  type Watcher,
  type WatchEvent,
  type WatchKind,
  WatchTable,
} from "../../../src/zookeeper/watches.ts";
import { EventType } from "../../../src/zookeeper/wire/constants.ts";

const KINDS: WatchKind[] = ["data", "exist", "child", "persistent", "persistentRecursive"];
const LIMIT = 128 * 1024;

/** Which kinds of watch on the path itself an event concerns, and which of them it uses up. */
const RULES: Record<string, { told: WatchKind[]; usedUp: WatchKind[] }> = {
  created: {
    told: ["data", "exist", "persistent", "persistentRecursive"],
    usedUp: ["data", "exist"],
  },
  deleted: { told: KINDS, usedUp: ["data", "exist", "child"] },
  dataChanged: {
    told: ["data", "exist", "persistent", "persistentRecursive"],
    usedUp: ["data", "exist"],
  },
  childrenChanged: { told: ["child", "persistent"], usedUp: ["child"] },
};

function newWatcher(): Watcher {
  return () => {};
}

function kindsLeft(table: WatchTable, path: string): WatchKind[] {
  const [batch] = table.batches(LIMIT);
  return KINDS.filter((kind) => batch?.[kind].includes(path));
}

for (const [event, { told, usedUp }] of Object.entries(RULES)) {
  for (const kind of KINDS) {
    const verb = told.includes(kind) ? "concerns" : "does not concern";
    const end = usedUp.includes(kind) ? "gone" : "left";
    Deno.test(`take() of ${event} ${verb} a ${kind} watch, which is ${end} then`, () => {
      const table = new WatchTable();
      const watcher = newWatcher();
      table.add(kind, "/a", watcher);
      assert.deepEqual(
        table.take(event as WatchEvent["kind"], "/a"),
        told.includes(kind) ? [watcher] : [],
      );
      assert.deepEqual(kindsLeft(table, "/a"), usedUp.includes(kind) ? [] : [kind]);
    });
  }
}

Deno.test("take() leaves the watches of other paths alone", () => {
  const table = new WatchTable();
  for (const path of ["/", "/a", "/a/b/c", "/ab"]) {
    for (const kind of KINDS.slice(0, 4)) table.add(kind, path, newWatcher());
  }
  for (const event of Object.keys(RULES)) {
    assert.deepEqual(table.take(event as WatchEvent["kind"], "/a/b"), []);
  }
});

Deno.test("take() finds recursive watches on the path and on all above it, root included", () => {
  const table = new WatchTable();
  const watchers = ["/", "/a", "/a/b", "/a/b/c"].map((path) => {
    const watcher = newWatcher();
    table.add("persistentRecursive", path, watcher);
    return watcher;
  });
  table.add("persistentRecursive", "/a/bb", newWatcher());
  table.add("persistentRecursive", "/b", newWatcher());
  for (const event of ["created", "deleted", "dataChanged"] as const) {
    assert.deepEqual(new Set(table.take(event, "/a/b")), new Set(watchers.slice(0, 3)));
  }
  assert.deepEqual(table.take("created", "/x"), watchers.slice(0, 1));
  assert.deepEqual(table.take("dataChanged", "/"), watchers.slice(0, 1));
});

Deno.test("take() tells a watcher once that was registered twice", () => {
  const table = new WatchTable();
  const watcher = newWatcher();
  for (const kind of KINDS) {
    table.add(kind, "/a", watcher);
    table.add(kind, "/a", watcher);
  }
  table.add("persistentRecursive", "/", watcher);
  assert.deepEqual(table.take("deleted", "/a"), [watcher]);
});

Deno.test("take() finds all watchers of one path", () => {
  const table = new WatchTable();
  const watchers = [newWatcher(), newWatcher()];
  for (const watcher of watchers) table.add("data", "/a", watcher);
  assert.deepEqual(table.take("dataChanged", "/a"), watchers);
});

Deno.test("removeAll() forgets the kinds it is told, on that path alone", () => {
  const table = new WatchTable();
  const watcher = newWatcher();
  for (const kind of KINDS) table.add(kind, "/a", watcher);
  table.add("data", "/b", watcher);
  assert.deepEqual(table.removeAll(["data", "exist"], "/a"), [watcher]);
  assert.deepEqual(kindsLeft(table, "/a"), ["child", "persistent", "persistentRecursive"]);
  assert.deepEqual(kindsLeft(table, "/b"), ["data"]);
  assert.deepEqual(table.removeAll(["data"], "/a"), []);
});

Deno.test("drain() gives each watcher with its path, and leaves nothing", () => {
  const table = new WatchTable();
  const watcher = newWatcher();
  table.add("data", "/a", watcher);
  table.add("persistent", "/b", watcher);
  assert.deepEqual(table.drain(), [{ path: "/a", watcher }, { path: "/b", watcher }]);
  assert.deepEqual(table.drain(), []);
});

Deno.test("batches() of an empty table are none", () => {
  assert.deepEqual([...new WatchTable().batches(LIMIT)], []);
});

Deno.test("batches() name each path once, under its kind", () => {
  const table = new WatchTable();
  for (const kind of KINDS) {
    table.add(kind, `/${kind}`, newWatcher());
    table.add(kind, `/${kind}`, newWatcher());
  }
  const expected = Object.fromEntries(KINDS.map((kind) => [kind, [`/${kind}`]]));
  assert.deepEqual([...table.batches(LIMIT)], [expected]);
});

Deno.test("batches() count bytes of UTF-8, and lose no path", () => {
  const table = new WatchTable();
  const paths = Array.from({ length: 100 }, (_, index) => `/€€€${index + 100}`);
  for (const [index, path] of paths.entries()) {
    table.add(KINDS[index % KINDS.length]!, path, newWatcher());
  }
  // 4 bytes of length, the slash, three times three bytes, three digits.
  const pathBytes = 4 + 1 + 9 + 3;
  const batches = [...table.batches(10 * pathBytes + 1)];
  assert.equal(batches.length, 10);
  assert.ok(batches.every((batch) => KINDS.flatMap((kind) => batch[kind]).length === 10));
  assert.deepEqual(batches.flatMap((batch) => KINDS.flatMap((kind) => batch[kind])).sort(), paths);
});

Deno.test("batches() give a path of its own a batch when it is longer than the limit", () => {
  const table = new WatchTable();
  const paths = ["/a", `/${"x".repeat(200)}`, "/b"];
  for (const path of paths) table.add("data", path, newWatcher());
  assert.deepEqual([...table.batches(100)].map((batch) => batch.data), paths.map((path) => [path]));
});

const EVENT_NAMES: [number, WatchEvent["kind"], WatchKind[]][] = [
  [EventType.created, "created", ["exist"]],
  [EventType.deleted, "deleted", ["data"]],
  [EventType.dataChanged, "dataChanged", ["data"]],
  [EventType.childrenChanged, "childrenChanged", ["child"]],
  [EventType.dataWatchRemoved, "removed", ["data", "exist"]],
  [EventType.childWatchRemoved, "removed", ["child"]],
  [EventType.persistentWatchRemoved, "removed", ["persistent", "persistentRecursive"]],
];
for (const [type, kind, concerned] of EVENT_NAMES) {
  Deno.test(`notify() of type ${type} tells ${kind} to ${concerned.join(" and ")}`, () => {
    const dispatcher = new WatchDispatcher((path) => path.replace(/^\/app/, ""));
    const told: [WatchKind, WatchEvent][] = [];
    for (const each of concerned) {
      dispatcher.table.add(each, "/app/a", (event) => told.push([each, event]));
    }
    dispatcher.notify({ type, path: "/app/a" });
    assert.deepEqual(told, concerned.map((each) => [each, { kind, path: "/a" }]));
    dispatcher.notify({ type, path: "/app/a" });
    assert.equal(told.length, concerned.length, "they were used up");
  });
}

const REMOVALS = {
  children: ["child"],
  data: ["data", "exist"],
  any: KINDS,
  persistent: ["persistent"],
  persistentRecursive: ["persistentRecursive"],
} as const;
for (const [type, kinds] of Object.entries(REMOVALS)) {
  Deno.test(`removed() of type ${type} tells and forgets ${kinds.join(" and ")}`, () => {
    const dispatcher = new WatchDispatcher((path) => path.replace(/^\/app/, ""));
    const told: [WatchKind, WatchEvent][] = [];
    for (const kind of KINDS) {
      dispatcher.table.add(kind, "/app/a", (event) => told.push([kind, event]));
      dispatcher.table.add(kind, "/app/b", () => assert.fail("told"));
    }
    dispatcher.removed(type as keyof typeof REMOVALS, "/app/a");
    assert.deepEqual(told, kinds.map((kind) => [kind, { kind: "removed", path: "/a" }]));
    const left = KINDS.filter((kind) => !(kinds as readonly WatchKind[]).includes(kind));
    assert.deepEqual(kindsLeft(dispatcher.table, "/app/a"), left);
  });
}

Deno.test("notify() passes over what it does not know", () => {
  const dispatcher = new WatchDispatcher((path) => path);
  for (const kind of KINDS) dispatcher.table.add(kind, "/a", () => assert.fail("told"));
  for (const type of [EventType.none, 0, 99]) dispatcher.notify({ type, path: "/a" });
  dispatcher.notify({ type: EventType.none, path: "" });
});

Deno.test("notify() lets a watcher register itself again", () => {
  const dispatcher = new WatchDispatcher((path) => path);
  let count = 0;
  const watcher = () => {
    count++;
    dispatcher.table.add("data", "/a", watcher);
  };
  dispatcher.table.add("data", "/a", watcher);
  dispatcher.notify({ type: EventType.dataChanged, path: "/a" });
  assert.equal(count, 1);
  dispatcher.notify({ type: EventType.dataChanged, path: "/a" });
  assert.equal(count, 2);
});

Deno.test("end() tells everyone who still waits, once", () => {
  const dispatcher = new WatchDispatcher((path) => path.replace(/^\/app/, ""));
  const told: WatchEvent[] = [];
  dispatcher.table.add("data", "/app/a", (event) => told.push(event));
  dispatcher.table.add("persistentRecursive", "/app/b", (event) => told.push(event));
  dispatcher.end();
  dispatcher.end();
  assert.deepEqual(told, ["/a", "/b"].map((path) => ({ kind: "sessionEnded", path })));
});
