import { connect, type ZooKeeper } from "zookeeper";
import { createLogger } from "../../src/log/logger.ts";
import { StateStore } from "../../src/state/state_store.ts";
import { FileStorage } from "../../src/storage/file_storage.ts";
import type { CountedSockets } from "./counted_sockets.ts";

const LIMIT_MS = 30_000;

export interface OpenStoreOptions {
  address: string;
  /** Holds a storage for each namespace. */
  folder: string;
  namespace: string;
  sockets?: CountedSockets;
}

/** A StateStore whose fence is a node that nobody takes away: no election is measured with it. */
export class OpenStore implements AsyncDisposable {
  readonly store: StateStore;
  readonly #zk: ZooKeeper;
  readonly #storage: FileStorage;

  static async open(options: OpenStoreOptions): Promise<OpenStore> {
    const { address, folder, namespace, sockets } = options;
    const signal = AbortSignal.timeout(LIMIT_MS);
    const zk = await connect(address, { openSocket: sockets?.openSocket, signal });
    const path = `${namespace}/latch`;
    await zk.createPath(path);
    const { czxid: epoch } = (await zk.exists(path))!;
    const logger = createLogger("state", { level: "error" });
    const storage = new FileStorage(`${folder}${namespace}`, { timeoutMs: LIMIT_MS, logger });
    const fence = { path, epoch, lost: new AbortController().signal };
    const store = new StateStore({ zk, fence, namespace, storage, historyLength: 3, logger });
    return new OpenStore(store, zk, storage);
  }

  private constructor(store: StateStore, zk: ZooKeeper, storage: FileStorage) {
    this.store = store;
    this.#zk = zk;
    this.#storage = storage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
    await this.#storage[Symbol.asyncDispose]();
    await this.#zk.close();
  }
}
