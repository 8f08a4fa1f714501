import { abortable, aborted } from "../../src/async/abortable.ts";
import { StorageError, type StorageErrorKind } from "../../src/storage/errors.ts";
import type { BlobInfo, Bytes, Storage } from "../../src/storage/storage.ts";

/** What goes wrong the next time. */
export interface StorageFault {
  act: "write" | "read" | "list" | "delete";
  /** Part of the name it is about; any, if left out. */
  name?: string;
  /** `hang`: nothing moves until the signal aborts. */
  kind: StorageErrorKind | "hang";
  /** True: it happens all the same, and only then fails. */
  hasEffect?: boolean;
  /** A read that fails has given so many bytes; none, if left out. */
  afterBytes?: number;
}

const PIECE_BYTES = 4096;

/** A storage in memory, with faults. */
export class MemoryStorage implements Storage {
  readonly url: string;
  /** Contents by name, `folder/blob`; may be shared with another storage. */
  readonly blobs: Map<string, Uint8Array>;
  /** Each is used up by the first act it is about. */
  readonly faults: StorageFault[] = [];
  /** Every act has its turn before it happens, and again before it is answered. */
  turn: () => Promise<void> = () => Promise.resolve();

  constructor(options: { url?: string; blobs?: Map<string, Uint8Array> } = {}) {
    this.url = options.url ?? "memory:///state";
    this.blobs = options.blobs ?? new Map();
  }

  async write(name: string, content: Bytes, { signal }: { signal: AbortSignal }): Promise<void> {
    const fault = await this.#begin("write", name, signal);
    if (fault !== undefined && !fault.hasEffect) throw failure(fault);
    const bytes = await collect(content, signal);
    await this.turn();
    signal.throwIfAborted();
    if (this.blobs.has(name)) throw new StorageError("exists", `${name} exists`);
    this.blobs.set(name, bytes);
    await this.#end(fault, signal);
  }

  async *read(name: string, { signal }: { signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    const fault = await this.#begin("read", name, signal);
    const bytes = this.blobs.get(name);
    if (bytes === undefined) throw new StorageError("not-found", `There is no ${name}`);
    const end = fault === undefined ? bytes.length : fault.afterBytes ?? 0;
    for (let at = 0; at < end; at += PIECE_BYTES) {
      signal.throwIfAborted();
      yield bytes.slice(at, Math.min(at + PIECE_BYTES, end));
      await this.turn();
    }
    if (fault !== undefined) throw failure(fault);
  }

  async *list(folder: string, { signal }: { signal: AbortSignal }): AsyncGenerator<BlobInfo> {
    const fault = await this.#begin("list", folder, signal);
    if (fault !== undefined) throw failure(fault);
    const prefix = `${folder}/`;
    for (const [name, bytes] of [...this.blobs]) {
      if (!name.startsWith(prefix)) continue;
      yield { name: name.slice(prefix.length), length: bytes.length };
    }
    await this.#end(fault, signal);
  }

  async delete(name: string, { signal }: { signal: AbortSignal }): Promise<void> {
    const fault = await this.#begin("delete", name, signal);
    if (fault === undefined || fault.hasEffect) this.blobs.delete(name);
    if (fault !== undefined) throw failure(fault);
    await this.#end(fault, signal);
  }

  /** Names that `removeUnfinished` finds, `folder/name`. */
  readonly unfinished = new Set<string>();

  removeUnfinished(folder: string, options: { signal: AbortSignal }): Promise<string[]> {
    options.signal.throwIfAborted();
    const left = [...this.unfinished].filter((name) => name.startsWith(`${folder}/`));
    for (const name of left) this.unfinished.delete(name);
    return Promise.resolve(left);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** The fault that the act meets, if there is one. */
  protected takeFault(act: StorageFault["act"], name: string): StorageFault | undefined {
    const at = this.faults.findIndex((fault) =>
      fault.act === act && name.includes(fault.name ?? "")
    );
    return at < 0 ? undefined : this.faults.splice(at, 1)[0];
  }

  async #begin(
    act: StorageFault["act"],
    name: string,
    signal: AbortSignal,
  ): Promise<StorageFault | undefined> {
    await this.turn();
    signal.throwIfAborted();
    const fault = this.takeFault(act, name);
    if (fault?.kind === "hang") {
      await aborted(signal);
      signal.throwIfAborted();
    }
    return fault;
  }

  async #end(fault: StorageFault | undefined, signal: AbortSignal): Promise<void> {
    if (fault !== undefined) throw failure(fault);
    await abortable(this.turn(), signal);
  }
}

function failure({ act, kind }: StorageFault): StorageError {
  return new StorageError(kind as StorageErrorKind, `Cannot ${act}: ${kind}`);
}

async function collect(content: Bytes, signal: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) {
    signal.throwIfAborted();
    pieces.push(piece);
  }
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
