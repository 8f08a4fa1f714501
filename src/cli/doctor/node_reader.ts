import {
  isZkError,
  type NodeData,
  parentPath,
  type Stat,
  TransactionError,
  untilAnswered,
  type ZooKeeper,
} from "zookeeper";

/** When something happened by ZooKeeper's wall clock, and in which order. */
export interface Stamp {
  zxid: bigint;
  atMs: number;
}

/**
 * Reads nodes, and remembers what it was not allowed to, and the times of what it saw. Nothing that it
 * does has an effect.
 */
export class NodeReader {
  readonly #zk: ZooKeeper;
  readonly #signal: AbortSignal;
  readonly #refusals = new Map<string, { act: string; path: string }>();
  readonly #stamps: Stamp[] = [];

  constructor(zk: ZooKeeper, { signal }: { signal: AbortSignal }) {
    this.#zk = zk;
    this.#signal = signal;
  }

  get refusals(): readonly { act: string; path: string }[] {
    return [...this.#refusals.values()];
  }

  get stamps(): readonly Stamp[] {
    return this.#stamps;
  }

  /** None if there is no such node. */
  async children(path: string): Promise<readonly string[]> {
    const options = { signal: this.#signal };
    const read = () => this.#zk.getChildren(path, options);
    return (await this.#allowed("list", path, () => untilAnswered(read, options)))?.children ?? [];
  }

  /** A node that may not be read has no bytes; undefined if it is not there. */
  async node(path: string): Promise<NodeData | undefined> {
    const options = { signal: this.#signal };
    const stat = await untilAnswered(() => this.#zk.exists(path, options), options);
    if (stat === undefined) return undefined;
    this.#note(stat);
    const read = () => this.#zk.getData(path, options);
    const node = await this.#allowed("read", path, () => untilAnswered(read, options));
    return node ?? { data: new Uint8Array(), stat };
  }

  /**
   * Finds out whether a child may be made below a node, or what is there of the way to it: by a
   * transaction that cannot succeed, since its last step checks a node that is not there.
   */
  async tryCreating(path: string): Promise<void> {
    const options = { signal: this.#signal };
    const probe = `${path === "/" ? "" : path}/doctor-${crypto.randomUUID()}`;
    try {
      await untilAnswered(() =>
        this.#zk.multi([
          { kind: "create", path: probe, mode: "ephemeral" },
          { kind: "check", path: `${probe}/none` },
        ], options), options);
    } catch (error) {
      if (!(error instanceof TransactionError)) throw error;
      if (error.code === "NoAuth") this.#refuse("create in", path);
      else if (error.index === 0 && error.code === "NoNode" && path !== "/") {
        await this.tryCreating(parentPath(path));
      }
    }
  }

  async #allowed<T>(act: string, path: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (isZkError(error, "NoAuth")) this.#refuse(act, path);
      else if (!isZkError(error, "NoNode")) throw error;
    }
  }

  #refuse(act: string, path: string): void {
    this.#refusals.set(`${act} ${path}`, { act, path });
  }

  #note({ czxid, ctime, mzxid, mtime }: Stat): void {
    this.#stamps.push({ zxid: czxid, atMs: Number(ctime) }, { zxid: mzxid, atMs: Number(mtime) });
  }
}
