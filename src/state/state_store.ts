import { type Acl, isFinal, OPEN_ACL } from "zookeeper";
import { AnySignal } from "../async/any_signal.ts";
import type { Logger } from "../log/logger.ts";
import type { Bytes } from "../storage/storage.ts";
import { BlobLedger } from "./blob_ledger.ts";
import { type Collection, type CollectOptions, Collector } from "./collector.ts";
import type { Entry, Expectation } from "./entry.ts";
import { isStateError, StateError } from "./errors.ts";
import { checkExpectation } from "./expectation.ts";
import { EntryWriter } from "./entry_writer.ts";
import { asStateError } from "./failure.ts";
import { type Fence, notLeading } from "./fence.ts";
import { StateHome } from "./home.ts";
import { blobFolder, type StateIdentity } from "./identity.ts";
import type { Pointer } from "./pointer.ts";
import { recover, type RecoverOptions, type Recovery } from "./recovery.ts";
import {
  brokenEntry,
  checkName,
  noEntry,
  type ReaderOptions,
  StateReader,
} from "./state_reader.ts";
import { type Measure, measured } from "./verified_content.ts";

export interface StateStoreOptions extends ReaderOptions {
  fence: Fence;
  /** Versions that are kept of each entry, the newest included; at least 1. */
  historyLength: number;
  /** ACL of every node that is created; open if left out. */
  acl?: readonly Acl[];
  logger: Logger;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
}

/**
 * The state of a cluster in the hands of its leader. What a pointer in ZooKeeper leads to is there,
 * whole: a blob is durable before its pointer is written, and no pointer leads to it when it is deleted.
 * Every write of a pointer checks the leader's latch node in the same transaction, so that whoever leads
 * no more changes nothing, however late its write arrives.
 *
 * Every method throws a StateError, or its signal's reason. Memory: besides what the storage keeps for
 * each content under way, some pieces of it; listing, recovery and collection keep some 1 KB for each
 * entry and 200 bytes for each blob.
 */
export class StateStore implements AsyncDisposable {
  readonly reader: StateReader;
  readonly #options: StateStoreOptions;
  readonly #home: StateHome;
  readonly #ledger: BlobLedger;
  readonly #writer: EntryWriter;
  readonly #collector: Collector;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();
  /** Aborts when leadership ends, or the store is to be closed. */
  readonly #ended: AnySignal;

  constructor(options: StateStoreOptions) {
    const { fence, historyLength, acl = OPEN_ACL } = options;
    this.#options = options;
    this.#ended = new AnySignal([fence.lost, this.#closed.signal]);
    this.reader = new StateReader(options);
    this.#home = new StateHome(this.reader, { fence, acl });
    this.#ledger = new BlobLedger(fence.epoch);
    this.#writer = new EntryWriter({
      reader: this.reader,
      fence,
      home: this.#home,
      acl,
      historyLength,
    });
    this.#collector = new Collector({
      reader: this.reader,
      home: this.#home,
      fence,
      ledger: this.#ledger,
      finishDeletion: (name, pointer, identity) => this.#finishDeletion(name, pointer, identity),
      now: options.now ?? (() => performance.now()),
    });
  }

  /**
   * Writes an entry. A failure leaves its old versions as they were; after `unknown-outcome` the new
   * one may be there too.
   */
  put(
    name: string,
    content: Bytes,
    options: { expect?: Expectation; maxBytes?: number; signal: AbortSignal },
  ): Promise<{ entry: Entry; isNew: boolean }> {
    return this.#run(`write ${name}`, options.signal, async (signal) => {
      checkName(name);
      // Before the content is taken in: whoever sends much of it should not do so in vain.
      if (options.expect !== undefined) await this.#check(name, options.expect, { signal });
      const identity = await this.#home.open({ signal });
      const blob = this.#ledger.begin(name);
      try {
        const measure = await this.#writeBlob(identity, blob, content, { ...options, signal });
        return await this.#point(name, identity, { blob, ...measure }, { ...options, signal });
      } catch (error) {
        // Of all errors the only one behind which a pointer may lead to the blob.
        if (!isStateError(error, "unknown-outcome")) this.#dropLater(identity, [blob]);
        throw error;
      } finally {
        this.#ledger.end(blob);
      }
    });
  }

  /**
   * Deletes an entry with all its versions. It is gone once this resolves; blobs that cannot be deleted
   * at the moment are left to `collect`.
   */
  delete(name: string, options: { expect?: Expectation; signal: AbortSignal }): Promise<void> {
    return this.#run(`delete ${name}`, options.signal, async (signal) => {
      checkName(name);
      const identity = await this.#home.find({ signal });
      if (identity === undefined) throw noEntry(name);
      const pointer = await this.#writer.markDeleted(name, { ...options, signal });
      await this.#finishDeletion(name, pointer, identity).catch((error) => {
        this.#options.logger.warn("deletion is left to the next collection", { name, error });
      });
    });
  }

  /** Looks at all that former leaders left, before anything is done with it. */
  recover(options: RecoverOptions): Promise<Recovery> {
    return this.#run("recover the state", options.signal, async (signal) => {
      const identity = await this.#home.find({ signal });
      return await recover(this.reader, identity, { ...options, signal });
    });
  }

  /** Deletes blobs that no pointer leads to, and finishes deletions. */
  collect(options: CollectOptions): Promise<Collection> {
    return this.#run(
      "collect garbage",
      options.signal,
      (signal) => this.#collector.collect({ ...options, signal }),
    );
  }

  /**
   * Takes no more work, and ends what is under way. Only pointers that are being written are waited
   * for: that ends with leadership at the latest.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Error("The state was closed"));
    while (this.#underWay.size > 0) await Promise.allSettled([...this.#underWay]);
    this.#ended[Symbol.dispose]();
  }

  /** Runs a step until it ends by itself, its caller gives up, or leadership is over. */
  #run<T>(
    act: string,
    signal: AbortSignal,
    step: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { signal: ended } = this.#ended;
    return this.#track(asStateError(act, async () => {
      using either = new AnySignal([signal, ended]);
      try {
        either.signal.throwIfAborted();
        return await step(either.signal);
      } catch (error) {
        const isOver = ended.aborted || isFinal(this.reader.zk.state);
        const isGivenUp = signal.aborted && either.signal.reason === signal.reason;
        // What it broke off was no write of a pointer: that would be an `unknown-outcome`.
        if (isOver && !isGivenUp && !(error instanceof StateError)) throw notLeading(error);
        throw error;
      }
    }));
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const forget = () => this.#underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  async #check(
    name: string,
    expected: Expectation,
    options: { signal: AbortSignal },
  ): Promise<void> {
    await this.#home.find(options);
    const found = await this.reader.find(name, options);
    if (found.kind === "unreadable") throw brokenEntry(name, found.problem);
    checkExpectation(name, found, expected);
  }

  // The mount may have gone, or another's may be there, since the last write: an acknowledged one would
  // be lost with the folder it went to. Asked while the blob is written, this takes no time of its own.
  async #writeBlob(
    identity: StateIdentity,
    blob: string,
    content: Bytes,
    { maxBytes = Infinity, signal }: { maxBytes?: number; signal: AbortSignal },
  ): Promise<Measure> {
    let measure: Measure | undefined;
    const onEnd = (found: Measure) => measure = found;
    const { storage } = this.reader;
    const stop = new AbortController();
    using either = new AnySignal([signal, stop.signal]);
    const path = `${blobFolder(identity)}/${blob}`;
    const measuring = measured(content, { maxBytes, onEnd, signal: either.signal });
    const steps = [this.#home.verify(identity, either), storage.write(path, measuring, either)];
    for (const step of steps) step.catch((error) => stop.abort(error));
    await Promise.allSettled(steps);
    // Of two failures the second may only say that the first one stopped it.
    if (stop.signal.aborted) throw stop.signal.reason;
    if (measure !== undefined) return measure;
    throw new StateError("storage", `${storage.url} did not take the whole content`);
  }

  async #point(
    name: string,
    identity: StateIdentity,
    blob: Measure & { blob: string },
    options: { expect?: Expectation; signal: AbortSignal },
  ): Promise<{ entry: Entry; isNew: boolean }> {
    const { epoch } = this.#options.fence;
    const version = { ...blob, epoch, writtenAt: new Date().toISOString() };
    const { entry, isNew, dropped } = await this.#writer.put(name, version, options);
    this.#dropLater(identity, dropped);
    return { entry, isNew };
  }

  /** Whoever waits for a write need not wait for this; what fails is left to `collect`. */
  #dropLater(identity: StateIdentity, blobs: readonly string[]): void {
    const { storage } = this.reader;
    const { signal } = this.#ended;
    const drop = async () => {
      for (const blob of blobs) await storage.delete(`${blobFolder(identity)}/${blob}`, { signal });
    };
    this.#track(
      drop().catch((error) => {
        this.#options.logger.debug("blob is left to the next collection", { error });
      }),
    );
  }

  async #finishDeletion(
    name: string,
    { versions }: Pointer,
    identity: StateIdentity,
  ): Promise<void> {
    const { signal } = this.#ended;
    for (const { blob } of versions) {
      await this.reader.storage.delete(`${blobFolder(identity)}/${blob}`, { signal });
    }
    await this.#writer.remove(name, { signal });
  }
}
