import {
  isZkError,
  joinPath,
  type NodeData,
  type Stat,
  untilAnswered,
  type ZooKeeper,
} from "zookeeper";

/** No more may be read. */
export class TooManyReadsError extends Error {
  override readonly name = "TooManyReadsError";
}

/**
 * Reads nodes that anybody may have made, and no more than so many; a node that is not there, or no
 * more, is undefined.
 */
export class BoundedReads {
  readonly #zk: ZooKeeper;
  readonly #signal: AbortSignal;
  #left: number;

  constructor(zk: ZooKeeper, { limit, signal }: { limit: number; signal: AbortSignal }) {
    this.#zk = zk;
    this.#left = limit;
    this.#signal = signal;
  }

  children(path: string): Promise<readonly string[] | undefined> {
    return this.#read(async (options) => (await this.#zk.getChildren(path, options)).children);
  }

  data(path: string): Promise<NodeData | undefined> {
    return this.#read((options) => this.#zk.getData(path, options));
  }

  stat(path: string): Promise<Stat | undefined> {
    return this.#read((options) => this.#zk.exists(path, options));
  }

  /** The sessions that the children live as long as, in the order of the names; 0 for one that outlives all. */
  async owners(parent: string, names: readonly string[]): Promise<bigint[]> {
    const stats = await Promise.all(names.map((name) => this.stat(joinPath(parent, name))));
    return stats.filter((stat) => stat !== undefined).map((stat) => stat.ephemeralOwner);
  }

  /** @throws {TooManyReadsError} */
  async #read<T>(act: (options: { signal: AbortSignal }) => Promise<T>): Promise<T | undefined> {
    if (this.#left === 0) throw new TooManyReadsError("As many nodes were read as may be");
    this.#left -= 1;
    const options = { signal: this.#signal };
    try {
      return await untilAnswered(() => act(options), options);
    } catch (error) {
      if (!isZkError(error, "NoNode")) throw error;
    }
  }
}
