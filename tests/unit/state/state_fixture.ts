import assert from "node:assert/strict";
import { OPEN_ACL } from "zookeeper";
import { createLogger } from "../../../src/log/logger.ts";
import { isStateError, type StateError, type StateErrorKind } from "../../../src/state/errors.ts";
import { StateStore, type StateStoreOptions } from "../../../src/state/state_store.ts";
import type { Bytes } from "../../../src/storage/storage.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { FakeEnsemble } from "./fake_ensemble.ts";
import { FakeZooKeeper } from "./fake_zookeeper.ts";

export const NAMESPACE = "/flink/c";
export const ROOT = `${NAMESPACE}/masterd/state`;
export const ENTRIES = `${ROOT}/entries`;

/** A signal that never aborts. */
export const forever = new AbortController().signal;

/** What a fixture may be made of. */
export type FixtureOptions =
  & { ensemble?: FakeEnsemble; storage?: MemoryStorage; session?: bigint }
  & Partial<Pick<StateStoreOptions, "acl" | "historyLength">>;

const LATCH = `${NAMESPACE}/leader/latch`;

/** A leader on fakes, and what its neighbours need. */
export class StateFixture {
  readonly ensemble: FakeEnsemble;
  readonly storage: MemoryStorage;
  readonly zk: FakeZooKeeper;
  readonly latch: string;
  readonly lost = new AbortController();
  readonly logged: string[] = [];
  readonly store: StateStore;
  now = 0;

  constructor(options: FixtureOptions = {}) {
    const { ensemble = new FakeEnsemble(), storage = new MemoryStorage(), session = 1n } = options;
    this.ensemble = ensemble;
    this.storage = storage;
    this.latch = `${LATCH}/l-${session}`;
    const epoch = ensemble.make(this.latch, { session });
    this.zk = new FakeZooKeeper(ensemble, session);
    this.store = new StateStore({
      zk: this.zk.asZooKeeper,
      namespace: NAMESPACE,
      storage,
      historyLength: options.historyLength ?? 3,
      acl: options.acl ?? OPEN_ACL,
      logger: createLogger("state", { level: "debug", write: (line) => this.logged.push(line) }),
      fence: { path: this.latch, epoch, lost: this.lost.signal },
      now: () => this.now,
    });
  }

  get reader(): StateStore["reader"] {
    return this.store.reader;
  }

  /** Another leads now, on the same ensemble and storage. */
  successor(options: FixtureOptions = {}): StateFixture {
    const { ensemble, storage, zk: { session } } = this;
    if (ensemble.tree.has(this.latch)) ensemble.remove(this.latch);
    return new StateFixture({ ensemble, storage, session: session + 1n, ...options });
  }

  put(name: string, text: string): Promise<unknown> {
    return this.store.put(name, bytesOf(text), { signal: forever });
  }

  async get(name: string): Promise<string> {
    return await textOf((await this.reader.get(name, { signal: forever })).content);
  }

  /** Names of the blobs, without their folder. */
  get blobs(): string[] {
    return [...this.storage.blobs.keys()]
      .map((name) => name.slice(name.indexOf("/") + 1))
      .filter((name) => name !== "marker");
  }

  /** What the node of an entry holds, as JSON. */
  // deno-lint-ignore no-explicit-any
  pointer(name: string): any {
    const node = this.ensemble.tree.get(`${ENTRIES}/${name}`);
    return node && JSON.parse(new TextDecoder().decode(node.data));
  }

  /** Somebody else writes a node. */
  overwrite(path: string, data: unknown): void {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    this.ensemble.commit([{ kind: "setData", path, data: new TextEncoder().encode(text) }]);
  }
}

/** Waits for a failure of this kind. */
export async function rejects(acting: Promise<unknown>, kind: StateErrorKind): Promise<StateError> {
  const error = await acting.then(() => assert.fail("it was done"), (error) => error);
  assert.ok(isStateError(error, kind), Deno.inspect(error));
  return error;
}

/** The text as a content, in pieces of this many bytes. */
export async function* bytesOf(text: string, pieceBytes = 4): Bytes & AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    await Promise.resolve();
    yield bytes.slice(at, at + pieceBytes);
  }
}

export async function textOf(content: Bytes): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of content) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}

/** A content that gives nothing more until it is told to. */
export function haltingContent(): { content: Bytes; isClosed: () => boolean; go: () => void } {
  const { promise, resolve: go } = Promise.withResolvers<void>();
  let isClosed = false;
  const content = async function* () {
    try {
      yield new TextEncoder().encode("some");
      await promise;
      yield new TextEncoder().encode("thing");
    } finally {
      isClosed = true;
    }
  };
  return { content: content(), isClosed: () => isClosed, go };
}
