import {
  isFinal,
  isZkError,
  joinPath,
  readWatched,
  untilAnswered,
  WakeUp,
  type ZooKeeper,
} from "zookeeper";
import type { Bytes, Storage } from "../storage/storage.ts";
import {
  type BrokenEntry,
  type Entry,
  type EntryVersion,
  isEntryName,
  NAME_RULE,
} from "./entry.ts";
import { StateError } from "./errors.ts";
import { asStateError, toStateError } from "./failure.ts";
import { blobFolder, readIdentity, type StateIdentity, verifyStorage } from "./identity.ts";
import { type StateLayout, stateLayout } from "./layout.ts";
import {
  type DecodedPointer,
  decodePointer,
  newestEntry,
  type Pointer,
  versionOf,
  type VersionRecord,
} from "./pointer.ts";
import { type FoundPointer, readPointer, readPointers } from "./pointers.ts";
import { SharedWatches } from "./shared_watches.ts";
import { begun, verified } from "./verified_content.ts";

/** How often a blob that is gone is looked for under a pointer that has changed meanwhile. */
const MAX_ATTEMPTS = 5;

export interface ReaderOptions {
  zk: ZooKeeper;
  /** `<root>/<cluster-id>` in ZooKeeper. */
  namespace: string;
  storage: Storage;
}

/** All entries, and those that cannot be used. */
export interface EntryList {
  entries: Entry[];
  broken: BrokenEntry[];
}

/**
 * Reads the state of a cluster, whoever leads it. What it says is what its ZooKeeper server knew: on a
 * leader's own session that is everything, on another's it may be a moment old.
 *
 * Every method throws a StateError, or its signal's reason.
 */
export class StateReader {
  readonly zk: ZooKeeper;
  readonly storage: Storage;
  readonly layout: StateLayout;
  readonly #watches = new SharedWatches();

  constructor({ zk, namespace, storage }: ReaderOptions) {
    this.zk = zk;
    this.storage = storage;
    this.layout = stateLayout(namespace);
  }

  /** The entries by name, as their pointers tell; no blob is looked at. */
  list(options: { signal: AbortSignal }): Promise<EntryList> {
    return asStateError("list the state", async () => {
      const list: EntryList = { entries: [], broken: [] };
      for (const [name, found] of await this.pointers(options)) {
        if (found.kind === "unreadable") list.broken.push({ name, problem: found.problem });
        else if (!found.pointer.isDeleted) list.entries.push(newestEntry(name, found.pointer));
      }
      return list;
    });
  }

  /**
   * An entry and its content, which throws `broken` in the place of its last piece if it is damaged. It
   * is to be read, or the signal to be aborted: the storage may hold it open.
   * @throws {StateError} `invalid-name` | `not-found` | `broken` | `wrong-storage` | `storage` | `unavailable`
   */
  get(
    name: string,
    options: { version?: bigint; signal: AbortSignal },
  ): Promise<{ entry: Entry; content: Bytes }> {
    return asStateError(`read ${name}`, async () => {
      checkName(name);
      let blob: string | undefined;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        // A pointer that led to no blob may be one that our server has not seen replaced yet.
        if (attempt > 1) await this.sync(options);
        const { identity, record } = await this.#locate(name, options);
        if (record.blob === blob) return await this.#missing(name, identity, options);
        blob = record.blob;
        const content = await begun(
          this.storage.read(`${blobFolder(identity)}/${record.blob}`, options),
        );
        if (content === undefined) continue;
        const whole = verified(content, { name, expected: record });
        return { entry: { name, ...versionOf(record) }, content: withStateErrors(whole, name) };
      }
      throw new StateError("unavailable", `${name} changes faster than it can be read`);
    });
  }

  /** The versions of an entry whose content is kept, newest first. */
  history(name: string, options: { signal: AbortSignal }): Promise<EntryVersion[]> {
    return asStateError(
      `read the history of ${name}`,
      async () => (await this.#pointer(name, options)).versions.map(versionOf),
    );
  }

  /**
   * The newest version of an entry now, and then whenever it has another; undefined while there is no
   * such entry. Versions in between may be missed. Ends when the signal aborts.
   * @throws {StateError} `broken` if its pointer cannot be read; `unavailable` once the session is over
   */
  async *follow(
    name: string,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<Entry | undefined, void, void> {
    checkName(name);
    using wakeUp = new WakeUp(this.zk);
    using watch = this.#watches.listen(joinPath(this.layout.entries, name), wakeUp.wake);
    let last: bigint | string | undefined;
    while (!signal.aborted) {
      wakeUp.reset();
      const look = await this.#look(name, { watch: watch.watcher, signal });
      if (signal.aborted) return;
      const version = look.kind === "entry" ? look.entry.version : look.kind;
      if (version !== last && look.kind !== "unanswered") {
        yield look.kind === "entry" ? look.entry : undefined;
        last = version;
      }
      await wakeUp.next(signal).catch(() => {});
    }
  }

  /** Lets what is read next be no older than what anybody has written by now. */
  async sync(options: { signal: AbortSignal }): Promise<void> {
    await untilAnswered(() => this.zk.sync(this.layout.root, options), options);
  }

  /** Every entry's node by name. */
  pointers(options: { signal: AbortSignal }): Promise<Map<string, DecodedPointer>> {
    return readPointers(this.zk, this.layout, options);
  }

  /** What ZooKeeper says of where the blobs lie. */
  identity(options: { signal: AbortSignal }): Promise<StateIdentity | undefined> {
    return readIdentity(this.zk, this.layout, options);
  }

  /** The node of an entry. */
  find(name: string, options: { signal: AbortSignal }): Promise<FoundPointer> {
    return readPointer(this.zk, joinPath(this.layout.entries, name), options);
  }

  async #pointer(name: string, options: { signal: AbortSignal }): Promise<Pointer> {
    checkName(name);
    const found = await this.find(name, options);
    if (found.kind === "unreadable") throw brokenEntry(name, found.problem);
    if (found.kind === "none" || found.pointer.isDeleted) throw noEntry(name);
    return found.pointer;
  }

  async #look(
    name: string,
    options: { watch: () => void; signal: AbortSignal },
  ): Promise<{ kind: "entry"; entry: Entry } | { kind: "none" | "unanswered" }> {
    try {
      const node = await readWatched(this.zk, joinPath(this.layout.entries, name), options);
      if (node === undefined) return { kind: "none" };
      const found = decodePointer(name, node.data);
      if (found.kind === "unreadable") throw brokenEntry(name, found.problem);
      if (found.pointer.isDeleted) return { kind: "none" };
      return { kind: "entry", entry: newestEntry(name, found.pointer) };
    } catch (error) {
      // The change of the session's state, which comes with the loss, makes us look again.
      const isLost = isZkError(error, "ConnectionLoss") && !isFinal(this.zk.state);
      if (isLost || options.signal.aborted) return { kind: "unanswered" };
      throw toStateError(`follow ${name}`, error);
    }
  }

  async #locate(
    name: string,
    options: { version?: bigint; signal: AbortSignal },
  ): Promise<{ identity: StateIdentity; record: VersionRecord }> {
    const [pointer, identity] = await Promise.all([
      this.#pointer(name, options),
      this.identity(options),
    ]);
    const record = findVersion(name, pointer, options.version);
    if (identity !== undefined) return { identity, record };
    const { root } = this.layout;
    throw new StateError("broken", `${root} in ZooKeeper, which says where blobs lie, is gone`);
  }

  // A blob that is missing has another cause than its own if the whole storage is not the right one.
  async #missing(
    name: string,
    identity: StateIdentity,
    options: { signal: AbortSignal },
  ): Promise<never> {
    await verifyStorage(this.storage, identity, options);
    throw brokenEntry(name, "its blob is missing");
  }
}

/** @throws {StateError} `invalid-name` */
export function checkName(name: string): void {
  if (isEntryName(name)) return;
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  throw new StateError(
    "invalid-name",
    `${JSON.stringify(shown)} is no name for an entry: ${NAME_RULE}`,
  );
}

/** The error of an entry that cannot be used. */
export function brokenEntry(
  name: string,
  problem: string,
  options: { cause?: unknown } = {},
): StateError {
  return new StateError("broken", `${name} is broken: ${problem}`, options);
}

/** The error of an entry that is not there. */
export function noEntry(name: string): StateError {
  return new StateError("not-found", `There is no entry ${name}`);
}

function findVersion(name: string, { versions }: Pointer, version?: bigint): VersionRecord {
  if (version === undefined) return versions[0];
  const record = versions.find((record) => record.version === version);
  if (record !== undefined) return record;
  throw new StateError("not-found", `There is no version ${version} of ${name}, or not any more`);
}

async function* withStateErrors(
  content: Bytes,
  name: string,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* content;
  } catch (error) {
    throw toStateError(`read ${name}`, error);
  }
}
