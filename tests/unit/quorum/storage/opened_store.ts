import { createLogger } from "../../../../src/log/logger.ts";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import { Store, type StoreOptions } from "../../../../src/quorum/storage/mod.ts";

const LIMIT_MS = 10_000;

/** A store that is open, and what it had from before. */
export class OpenedStore implements AsyncDisposable {
  readonly store: Store;
  /** What the snapshot held; undefined: there was none. */
  readonly snapshot: string | undefined;
  /** The texts of the records behind it, by their zxids. */
  readonly records: ReadonlyMap<bigint, string>;
  readonly #lines: string[];
  readonly #durable: LatestValue<bigint>;

  static async open(folder: string, options: StoreOptions = {}): Promise<OpenedStore> {
    const lines: string[] = [];
    const logger = createLogger("store", { write: (line) => lines.push(line) });
    const { signal } = new AbortController();
    const { store, snapshot, records } = await Store.open(folder, { logger, ...options }, signal);
    try {
      const decoder = new TextDecoder();
      const pieces = snapshot && await Array.fromAsync(snapshot, (piece) => decoder.decode(piece));
      const read = new Map<bigint, string>();
      for await (const { zxid, payload } of records) read.set(zxid, decoder.decode(payload));
      return new OpenedStore(store, { snapshot: pieces?.join(""), records: read, lines });
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private constructor(
    store: Store,
    { snapshot, records, lines }: {
      snapshot: string | undefined;
      records: ReadonlyMap<bigint, string>;
      lines: string[];
    },
  ) {
    this.store = store;
    this.snapshot = snapshot;
    this.records = records;
    this.#lines = lines;
    this.#durable = new LatestValue(store.durableZxid);
    store.onDurable((zxid) => this.#durable.set(zxid));
  }

  /** What was logged. */
  get log(): string {
    return this.#lines.join("");
  }

  append(zxid: bigint, text: string): void {
    this.store.append(zxid, new TextEncoder().encode(text));
  }

  /** Appends and waits until it is durable. */
  async write(zxid: bigint, text: string): Promise<void> {
    this.append(zxid, text);
    await this.durable(zxid);
  }

  async durable(target: bigint): Promise<void> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    await this.#durable.until((zxid) => zxid >= target, { signal });
  }

  async takeSnapshot(...pieces: string[]): Promise<void> {
    await this.store.snapshot(pieces.map((piece) => new TextEncoder().encode(piece)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}

/** Writes records into a folder, each a batch of its own, and closes the store. */
export async function fill(folder: string, records: Iterable<[bigint, string]>): Promise<void> {
  await using opened = await OpenedStore.open(folder);
  for (const [zxid, text] of records) await opened.write(zxid, text);
}
