import { connect, type ZooKeeper } from "zookeeper";
import { createLogger } from "../../../src/log/logger.ts";
import { checkState } from "../../../src/state/check.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { StateReader } from "../../../src/state/state_reader.ts";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import type { Bytes } from "../../../src/storage/storage.ts";
import type { Cluster } from "../cluster.ts";
import { NAMESPACE } from "../fence.ts";
import type { SeenVersion } from "./account.ts";
import { numberIn } from "./content.ts";

const LIMIT_MS = 20_000;

/** Looks at the state past all masters: what ZooKeeper and the storage hold, and nothing else. */
export class Examination implements AsyncDisposable {
  readonly #zk: ZooKeeper;
  readonly #storage: FileStorage;
  readonly #reader: StateReader;

  static async open(cluster: Cluster): Promise<Examination> {
    const zk = await connect(cluster.address, { signal: limit() });
    return new Examination(zk, cluster.storageFolder);
  }

  private constructor(zk: ZooKeeper, folder: string) {
    this.#zk = zk;
    const logger = createLogger("examination", { level: "error" });
    this.#storage = new FileStorage(folder, { timeoutMs: LIMIT_MS, logger });
    this.#reader = new StateReader({ zk, namespace: NAMESPACE, storage: this.#storage });
  }

  /**
   * Every version of an entry that is not written meanwhile, newest first, read to its end.
   * @throws {StateError} `broken`
   */
  async versions(name: string): Promise<SeenVersion[]> {
    const signal = limit();
    await this.#reader.sync({ signal });
    const versions = await this.#reader.history(name, { signal }).catch((error) => {
      if (isStateError(error, "not-found")) return [];
      throw error;
    });
    return await Promise.all(versions.map(async ({ version, epoch }) => {
      const { content } = await this.#reader.get(name, { version, signal });
      const number = numberIn(name, await gathered(content));
      if (number !== undefined) return { version, epoch, number };
      throw new Error(`${name}: version ${version} holds what nobody wrote`);
    }));
  }

  /** What an entry holds; undefined if there is none. */
  async text(name: string): Promise<string | undefined> {
    const signal = limit();
    await this.#reader.sync({ signal });
    try {
      const { content } = await this.#reader.get(name, { signal });
      return new TextDecoder().decode(await gathered(content));
    } catch (error) {
      if (isStateError(error, "not-found")) return undefined;
      throw error;
    }
  }

  /** What is wrong with any version of any entry, every content read; one line each. */
  async problems(): Promise<string[]> {
    const { problems } = await this.#check();
    return problems.map(({ name, version, kind, detail }) =>
      `${name}: version ${version} has ${kind}: ${detail}`
    );
  }

  /** How much there is that a collection of garbage should have removed. */
  async garbageCount(): Promise<number> {
    const { orphans, unfinishedDeletions } = await this.#check();
    return orphans.length + unfinishedDeletions.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storage[Symbol.asyncDispose]();
    await this.#zk.close();
  }

  async #check() {
    const signal = limit();
    await this.#reader.sync({ signal });
    return await checkState(this.#reader, { readContents: true, signal });
  }
}

function limit(): AbortSignal {
  return AbortSignal.timeout(LIMIT_MS);
}

async function gathered(content: Bytes): Promise<Uint8Array> {
  return new Uint8Array(await new Response(ReadableStream.from(content)).arrayBuffer());
}
