import assert from "node:assert/strict";
import {
  CREATOR_ACL,
  parentPath,
  type SessionState,
  type Stat,
  type Watcher,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";
import {
  awaitTurn,
  joinLatch,
  LatchNodeGoneError,
  type LatchOptions,
  leaveLatch,
} from "../../../src/election/latch.ts";

const LATCH = "/leader/latch";
const OWN_ID = 7n;
const OLD_ID = 6n;

/** A latch as one client sees it; every call is written down. */
class FakeZooKeeper {
  readonly credentials = { id: OWN_ID };
  readonly calls: string[] = [];
  readonly children = new Map<string, Stat>();
  readonly watchers: { path: string; watch: Watcher }[] = [];
  state: SessionState = { kind: "connecting" };
  /** What the next calls of an operation fail with, and what the server does all the same. */
  readonly failures: { operation: string; code: ZkErrorCode; effect?: (path: string) => void }[] =
    [];
  readonly options: unknown[] = [];
  #zxid = 100n;

  add(name: string, ephemeralOwner = OWN_ID): Stat {
    const stat = { czxid: ++this.#zxid, ephemeralOwner } as Stat;
    this.children.set(name, stat);
    return stat;
  }

  onStateChange(): () => void {
    return () => {};
  }

  create(path: string, _data: Uint8Array, options: unknown): Promise<unknown> {
    this.options.push(options);
    return this.#call("create", path, () => {
      const name = `${path.slice(LATCH.length + 1)}${String(this.children.size).padStart(10, "0")}`;
      return { path: `${LATCH}/${name}`, stat: this.add(name) };
    });
  }

  createPath(path: string, options: unknown): Promise<void> {
    this.options.push(options);
    return this.#call("createPath", path, () => {});
  }

  delete(path: string): Promise<void> {
    return this.#call("delete", path, () => void this.children.delete(path));
  }

  sync(path: string): Promise<void> {
    return this.#call("sync", path, () => {});
  }

  exists(path: string): Promise<Stat | undefined> {
    return this.#call("exists", path, () => this.children.get(path.slice(LATCH.length + 1)));
  }

  getChildren(path: string): Promise<{ children: string[] }> {
    return this.#call("getChildren", path, () => ({ children: [...this.children.keys()] }));
  }

  getData(path: string, { watch }: { watch: Watcher }): Promise<void> {
    return this.#call("getData", path, () => void this.watchers.push({ path, watch }));
  }

  #call<T>(operation: string, path: string, act: () => T): Promise<T> {
    this.calls.push(operation);
    const index = this.failures.findIndex((failure) => failure.operation === operation);
    if (index < 0) return Promise.resolve(act());
    const [{ code, effect }] = this.failures.splice(index, 1) as [typeof this.failures[number]];
    effect?.(path);
    return Promise.reject(new ZkError(code, { operation, path }));
  }
}

function setUp() {
  const fake = new FakeZooKeeper();
  const foreign: string[] = [];
  const options: LatchOptions = {
    latch: LATCH,
    acl: CREATOR_ACL,
    onForeign: (names) => foreign.push(...names),
    signal: new AbortController().signal,
  };
  return { fake, zk: fake as unknown as ZooKeeper, options, foreign };
}

Deno.test("joinLatch() makes a protected, ephemeral and sequential node with the ACL", async () => {
  const { fake, zk, options } = setUp();
  const node = await joinLatch(zk, "master-1:8081", options);
  assert.match(node.name, /^_c_[0-9a-f-]{36}-latch-0000000000$/);
  assert.equal(parentPath(node.path), LATCH);
  assert.equal(node.czxid, fake.children.get(node.name)!.czxid);
  const [{ mode, acl }] = fake.options as [{ mode: string; acl: unknown }];
  assert.deepEqual({ mode, acl }, { mode: "ephemeralSequential", acl: CREATOR_ACL });
});

Deno.test("joinLatch() makes the parent a container, as Curator does, if it is missing", async () => {
  const { fake, zk, options } = setUp();
  fake.failures.push({ operation: "create", code: "NoNode" });
  fake.failures.push({ operation: "createPath", code: "ConnectionLoss" });
  await joinLatch(zk, "", options);
  assert.deepEqual(fake.calls, ["create", "createPath", "createPath", "create"]);
  const { mode, acl } = fake.options[1] as { mode: string; acl: unknown };
  assert.deepEqual({ mode, acl }, { mode: "container", acl: CREATOR_ACL });
});

for (const owner of [OWN_ID, OLD_ID]) {
  const what = owner === OWN_ID ? "adopts its own node" : "leaves a node of another session alone";
  Deno.test(`joinLatch() ${what} after a lost reply, and looks only behind a sync`, async () => {
    const { fake, zk, options } = setUp();
    const effect = (path: string) =>
      void fake.add(`${path.slice(LATCH.length + 1)}0000000005`, owner);
    fake.failures.push({ operation: "create", code: "ConnectionLoss", effect });
    const node = await joinLatch(zk, "", options);
    assert.equal(fake.children.get(node.name)?.ephemeralOwner, OWN_ID);
    assert.deepEqual(fake.calls, [
      ...["create", "sync", "getChildren", "exists"],
      ...(owner === OWN_ID ? [] : ["create"]),
    ]);
  });
}

Deno.test("leaveLatch() repeats until it is answered, and takes a missing node for success", async () => {
  const { fake, zk, options } = setUp();
  const node = { name: "x", path: `${LATCH}/x`, czxid: 1n };
  for (const code of ["ConnectionLoss", "ConnectionLoss", "NoNode"] as const) {
    fake.failures.push({ operation: "delete", code });
  }
  await leaveLatch(zk, node, options.signal);
  assert.deepEqual(fake.calls, ["delete", "delete", "delete"]);
});

Deno.test("leaveLatch() is done when the session is over, and fails for any other reason", async () => {
  const { fake, zk, options } = setUp();
  const node = { name: "x", path: `${LATCH}/x`, czxid: 1n };
  fake.failures.push({ operation: "delete", code: "NoAuth" });
  await assert.rejects(leaveLatch(zk, node, options.signal), { code: "NoAuth" });
  fake.failures.push({ operation: "delete", code: "SessionExpired" });
  fake.state = { kind: "expired", sessionId: OWN_ID };
  await leaveLatch(zk, node, options.signal);
});

Deno.test("awaitTurn() watches nobody but the one before it", async () => {
  const { fake, zk, options, foreign } = setUp();
  const names = ["a-latch-0000000001", "b-latch-0000000002", "c-latch-0000000003"];
  for (const name of [...names.toReversed(), "stranger"]) fake.add(name);
  const last = { name: names[2]!, path: `${LATCH}/${names[2]}`, czxid: 1n };
  const turn = awaitTurn(zk, last, options);
  for (const name of [names[1]!, names[0]!]) {
    for (let turn = 0; turn < 100 && fake.watchers.length === 0; turn++) await Promise.resolve();
    const [{ path, watch }] = fake.watchers.splice(0) as [typeof fake.watchers[number]];
    assert.equal(path, `${LATCH}/${name}`);
    fake.children.delete(name);
    watch({ kind: "deleted", path });
  }
  await turn;
  assert.deepEqual(new Set(foreign), new Set(["stranger"]));
});

Deno.test("awaitTurn() looks again when the one before it is gone before it can be watched", async () => {
  const { fake, zk, options } = setUp();
  const names = ["a-latch-0000000001", "b-latch-0000000002"];
  for (const name of names) fake.add(name);
  const effect = () => void fake.children.delete(names[0]!);
  fake.failures.push({ operation: "getData", code: "ConnectionLoss" });
  fake.failures.push({ operation: "getData", code: "NoNode", effect });
  await awaitTurn(zk, { name: names[1]!, path: `${LATCH}/${names[1]}`, czxid: 1n }, options);
  assert.deepEqual(fake.calls.filter((call) => call === "getChildren").length, 3);
});

Deno.test("awaitTurn() throws when its own node is not there, or the whole latch is not", async () => {
  const { fake, zk, options } = setUp();
  const node = { name: "b-latch-0000000002", path: `${LATCH}/b-latch-0000000002`, czxid: 1n };
  fake.add("a-latch-0000000001");
  await assert.rejects(awaitTurn(zk, node, options), LatchNodeGoneError);
  fake.failures.push({ operation: "getChildren", code: "NoNode" });
  await assert.rejects(awaitTurn(zk, node, options), LatchNodeGoneError);
});
