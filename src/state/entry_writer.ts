import { type Acl, isZkError, joinPath, type TransactionStep, untilAnswered } from "zookeeper";
import { KeyedQueue } from "../async/keyed_queue.ts";
import type { Entry, Expectation } from "./entry.ts";
import { isStateError, StateError } from "./errors.ts";
import { checkExpectation, currentVersion } from "./expectation.ts";
import { type Fence, unknownOutcome, writeFenced } from "./fence.ts";
import type { StateHome } from "./home.ts";
import { encodePointer, type Pointer, versionOf, type VersionRecord } from "./pointer.ts";
import type { FoundPointer } from "./pointers.ts";
import { brokenEntry, noEntry, type StateReader } from "./state_reader.ts";

/** As often as somebody else may write a pointer between our reading and our writing. */
const MAX_ATTEMPTS = 10;

export interface EntryWriterOptions {
  reader: StateReader;
  fence: Fence;
  home: StateHome;
  acl: readonly Acl[];
  /** Versions that are kept of each entry, the newest included. */
  historyLength: number;
}

/** A new version, but for its number. */
export type NewVersion = Omit<VersionRecord, "version" | "other">;

type ReadablePointer = Exclude<FoundPointer, { kind: "unreadable" }>;

/** What a write did to an entry. */
export interface Written {
  entry: Entry;
  isNew: boolean;
  /** Blobs that no pointer leads to any more. */
  dropped: string[];
}

/** What is to be done about an entry as it was found. */
type Decision<T> =
  /** To write this, after which the result holds. */
  | { pointer: Pointer; result: T }
  /** Nothing: it was done by an earlier try, whose answer was lost. */
  | { pointer: undefined; result: T };

type Decide<T> = (look: Look, isUncertain: boolean) => Decision<T>;

/** An entry's node, and a version that is larger than any the entry ever had. */
interface Look {
  found: ReadablePointer;
  base: bigint;
}

/** Writes pointers, each in one transaction with the check of the fence; one entry at a time. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  readonly #queue = new KeyedQueue<string>();

  constructor(options: EntryWriterOptions) {
    this.#options = options;
  }

  /**
   * Makes a new version the newest one.
   * @throws {StateError} `version-mismatch` | `broken` | `not-leading` | `unavailable`: surely nothing
   *   was written; `unknown-outcome`
   */
  put(
    name: string,
    version: NewVersion,
    options: { expect?: Expectation; signal: AbortSignal },
  ): Promise<Written> {
    let last: Written | undefined;
    return this.#change(name, options, ({ found, base }) => {
      // However many versions are above it by now, it was written.
      const isThere = found.kind === "pointer" &&
        found.pointer.versions.some(({ blob }) => blob === version.blob);
      if (isThere && last !== undefined) return { pointer: undefined, result: last };
      checkExpectation(name, found, options.expect);
      const { pointer, dropped } = this.#next(found, version, base);
      const entry = { name, ...versionOf(pointer.versions[0]) };
      last = { entry, isNew: currentVersion(found) === undefined, dropped };
      return { pointer, result: last };
    });
  }

  /**
   * Takes an entry away from its readers, and returns the blobs that it had: `remove` comes next, once
   * they are deleted.
   * @throws {StateError} as `put`; `not-found`
   */
  markDeleted(
    name: string,
    options: { expect?: Expectation; signal: AbortSignal },
  ): Promise<Pointer> {
    let last: Pointer | undefined;
    return this.#change(name, options, ({ found }, isUncertain) => {
      const pointer = found.kind === "pointer" && !found.pointer.isDeleted
        ? { ...found.pointer, isDeleted: true }
        : undefined;
      if (pointer === undefined && isUncertain && last !== undefined) {
        return { pointer, result: last };
      }
      if (pointer === undefined) throw noEntry(name);
      checkExpectation(name, found, options.expect);
      last = pointer;
      return { pointer, result: pointer };
    });
  }

  /**
   * Removes the node of a deleted entry, unless the entry was written again.
   * @throws {StateError} | {ZkError}
   */
  remove(name: string, options: { signal: AbortSignal }): Promise<void> {
    return this.#queue.run(name, async () => {
      const { found } = await this.#look(name, options);
      if (found.kind === "none" || !found.pointer.isDeleted) return;
      const { reader, fence } = this.#options;
      const path = this.#path(name);
      await writeFenced(reader.zk, fence, [{ kind: "delete", path, version: found.nodeVersion }]);
    });
  }

  /**
   * Reads an entry and writes what was decided on, until one write has taken effect. While it is
   * uncertain that an earlier one did nothing, no failure may say so, and whoever asked may not give up
   * unnoticed.
   */
  #change<T>(name: string, options: { signal: AbortSignal }, decide: Decide<T>): Promise<T> {
    const progress = { isUncertain: false };
    return this.#queue.run(name, async () => {
      try {
        return await this.#settle(name, { ...options, progress }, decide);
      } catch (error) {
        const isHidden = progress.isUncertain && !isStateError(error, "unknown-outcome");
        throw isHidden ? unknownOutcome(error) : error;
      }
    });
  }

  async #settle<T>(
    name: string,
    { signal, progress }: { signal: AbortSignal; progress: { isUncertain: boolean } },
    decide: Decide<T>,
  ): Promise<T> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const { isUncertain } = progress;
      const options = { signal: isUncertain ? this.#options.fence.lost : signal };
      const look = await this.#look(name, options);
      const { pointer, result } = decide(look, isUncertain);
      if (pointer === undefined) return result;
      const outcome = await this.#write(name, look.found, pointer);
      if (outcome.kind === "done") return result;
      progress.isUncertain ||= outcome.isUncertain;
      if (outcome.isWithoutParent) await this.#options.home.restore(options);
    }
    throw new StateError("unavailable", `${name} is written by somebody else all the time`);
  }

  async #look(name: string, options: { signal: AbortSignal }): Promise<Look> {
    const { zk, layout } = this.#options.reader;
    const [found, parent] = await Promise.all([
      this.#options.reader.find(name, options),
      untilAnswered(() => zk.exists(layout.entries, options), options),
    ]);
    if (found.kind === "unreadable") throw brokenEntry(name, found.problem);
    // A zxid: each write of an entry used one up, and so did its deletion, which is no later than the
    // last change of the parent's children. Version numbers therefore never come back.
    return { found, base: parent?.pzxid ?? 0n };
  }

  #next(
    found: ReadablePointer,
    version: NewVersion,
    base: bigint,
  ): { pointer: Pointer; dropped: string[] } {
    const old = found.kind === "none" ? undefined : found.pointer;
    const record = { ...version, version: (old?.versions[0].version ?? base) + 1n, other: {} };
    const kept = old === undefined || old.isDeleted
      ? []
      : old.versions.slice(0, this.#options.historyLength - 1);
    const dropped = (old?.versions ?? []).filter((version) => !kept.includes(version));
    return {
      pointer: { versions: [record, ...kept], isDeleted: false, other: old?.other ?? {} },
      dropped: dropped.map(({ blob }) => blob),
    };
  }

  async #write(
    name: string,
    found: FoundPointer,
    pointer: Pointer,
  ): Promise<
    { kind: "done" } | { kind: "outrun"; isUncertain: boolean; isWithoutParent: boolean }
  > {
    const { reader, fence, acl } = this.#options;
    const path = this.#path(name);
    const data = encode(name, pointer);
    const step: TransactionStep = found.kind === "pointer"
      ? { kind: "setData", path, data, version: found.nodeVersion }
      : { kind: "create", path, data, acl };
    const outcome = await writeFenced(reader.zk, fence, [step]);
    if (outcome.kind === "done") return outcome;
    const isWithoutParent = step.kind === "create" && isZkError(outcome.error, "NoNode");
    return { kind: "outrun", isUncertain: outcome.isUncertain, isWithoutParent };
  }

  #path(name: string): string {
    return joinPath(this.#options.reader.layout.entries, name);
  }
}

function encode(name: string, pointer: Pointer): Uint8Array {
  try {
    return encodePointer(pointer);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw brokenEntry(name, `its pointer cannot be written again: ${cause.message}`, { cause });
  }
}
