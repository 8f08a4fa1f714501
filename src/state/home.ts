import { type Acl, isZkError, parentPath, type TransactionStep, untilAnswered } from "zookeeper";
import { abortable } from "../async/abortable.ts";
import { KeyedQueue } from "../async/keyed_queue.ts";
import { isStateError, StateError } from "./errors.ts";
import { type Fence, writeFenced } from "./fence.ts";
import {
  encodeIdentity,
  markerName,
  newIdentity,
  type StateIdentity,
  verifyStorage,
} from "./identity.ts";
import type { StateReader } from "./state_reader.ts";

/** As often as somebody else may make or remove the nodes between our reading and our writing. */
const MAX_ATTEMPTS = 10;

/** The place of a cluster's state, as its leader sees it: a folder of blobs that ZooKeeper knows by name. */
export class StateHome {
  readonly #reader: StateReader;
  readonly #fence: Fence;
  readonly #acl: readonly Acl[];
  readonly #queue = new KeyedQueue<"open">();
  #identity: StateIdentity | undefined;

  constructor(reader: StateReader, { fence, acl }: { fence: Fence; acl: readonly Acl[] }) {
    this.#reader = reader;
    this.#fence = fence;
    this.#acl = acl;
  }

  /** Where the state lies; undefined if nothing was ever written. Sees all that former leaders wrote. */
  async find(options: { signal: AbortSignal }): Promise<StateIdentity | undefined> {
    if (this.#identity !== undefined) return this.#identity;
    // The server of this session may lag behind what a former leader wrote through another.
    if (!this.#fence.isCaughtUp) await this.#reader.sync(options);
    this.#identity = await this.#reader.identity(options);
    return this.#identity;
  }

  /** Where the state lies, made now if there is none: by one caller, while the others wait. */
  async open(options: { signal: AbortSignal }): Promise<StateIdentity> {
    if (this.#identity !== undefined) return this.#identity;
    return await abortable(this.#queue.run("open", () => this.#open(options)), options.signal);
  }

  /**
   * Makes sure that the storage is the one whose blobs the pointers name.
   * @throws {StateError} `wrong-storage` | `broken`
   */
  async verify(identity: StateIdentity, options: { signal: AbortSignal }): Promise<void> {
    await verifyStorage(this.#reader.storage, identity, options);
  }

  /**
   * Makes the nodes again that somebody removed under this leader, for the folder that it knows.
   * @throws {StateError} `unavailable` if they were made anew for another folder
   */
  async restore(options: { signal: AbortSignal }): Promise<void> {
    const identity = this.#identity;
    if (identity !== undefined && await this.#write(identity, options)) return;
    this.#identity = undefined;
    throw changedBySomebodyElse();
  }

  async #open(options: { signal: AbortSignal }): Promise<StateIdentity> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const identity = await this.find(options) ?? await this.#found(options);
      if (identity !== undefined) return identity;
    }
    throw changedBySomebodyElse();
  }

  // The marker comes first: what ZooKeeper names is there.
  async #found(options: { signal: AbortSignal }): Promise<StateIdentity | undefined> {
    const { storage } = this.#reader;
    const identity = newIdentity(storage);
    const marker = markerName(identity);
    await storage.write(marker, oneBlob(encodeIdentity(identity)), options);
    try {
      if (await this.#write(identity, options)) return this.#identity = identity;
    } catch (error) {
      if (isStateError(error, "not-leading")) await this.#drop(marker, options);
      throw error;
    }
    await this.#drop(marker, options);
  }

  // One that stays behind is in nobody's way.
  async #drop(marker: string, options: { signal: AbortSignal }): Promise<void> {
    await this.#reader.storage.delete(marker, options).catch(() => {});
  }

  /** Writes the identity unless there is one already, and tells whether it is this one that stands there. */
  async #write(identity: StateIdentity, options: { signal: AbortSignal }): Promise<boolean> {
    const { zk, layout } = this.#reader;
    await untilAnswered(
      () => zk.createPath(parentPath(layout.root), { acl: this.#acl, ...options }),
      options,
    );
    const steps = await this.#steps(identity, options);
    if (steps.length > 0) await writeFenced(zk, this.#fence, steps);
    return (await this.#reader.identity(options))?.stateId === identity.stateId;
  }

  async #steps(
    identity: StateIdentity,
    options: { signal: AbortSignal },
  ): Promise<TransactionStep[]> {
    const { zk, layout: { root: path, entries } } = this.#reader;
    const acl = this.#acl;
    const data = encodeIdentity(identity);
    const steps: TransactionStep[] = [];
    const node = await untilAnswered(() => zk.getData(path, options), options).catch((error) => {
      if (!isZkError(error, "NoNode")) throw error;
    });
    if (!node) steps.push({ kind: "create", path, data, acl });
    else if (node.data.length === 0) {
      steps.push({ kind: "setData", path, data, version: node.stat.version });
    }
    const stat = await untilAnswered(() => zk.exists(entries, options), options);
    if (stat === undefined) steps.push({ kind: "create", path: entries, acl });
    return steps;
  }
}

function changedBySomebodyElse(): StateError {
  return new StateError("unavailable", "The nodes of the state are changed by somebody else");
}

async function* oneBlob(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
