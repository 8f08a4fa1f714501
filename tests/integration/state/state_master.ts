import { type Acl, connect, digestAuthentication, OPEN_ACL, type ZooKeeper } from "zookeeper";
import { createLogger } from "../../../src/log/logger.ts";
import { StateStore } from "../../../src/state/state_store.ts";
import type { Bytes, Storage } from "../../../src/storage/storage.ts";

const NAMESPACE = "/flink/cluster";

export interface MasterOptions {
  storage: Storage;
  /** `/flink/cluster` unless told. */
  namespace?: string;
  historyLength?: number;
  acl?: readonly Acl[];
  digest?: { user: string; password: string };
  signal: AbortSignal;
}

/** A master that leads, as far as the state knows: a session, a latch node, and a store behind its fence. */
export class StateMaster implements AsyncDisposable {
  readonly lost = new AbortController();

  /** Joins the queue, whether or not somebody else leads. */
  static async start(address: string, options: MasterOptions): Promise<StateMaster> {
    const { digest, namespace = NAMESPACE, acl = OPEN_ACL, signal } = options;
    const zk = await connect(address, {
      sessionTimeoutMs: 10_000,
      authentications: digest === undefined
        ? []
        : [digestAuthentication(digest.user, digest.password)],
      signal,
    });
    const latch = `${namespace}/leader/latch`;
    await zk.createPath(latch, { acl, signal });
    const create = { mode: "ephemeralSequential", acl, signal } as const;
    const { path, stat } = await zk.create(`${latch}/l-`, new Uint8Array(), create);
    return new StateMaster(zk, { ...options, namespace, path, epoch: stat.czxid });
  }

  readonly store: StateStore;
  readonly latch: string;

  private constructor(
    readonly zk: ZooKeeper,
    options: MasterOptions & { namespace: string; path: string; epoch: bigint },
  ) {
    const { namespace, storage, path, epoch, acl, historyLength = 3 } = options;
    this.latch = path;
    this.store = new StateStore({
      zk,
      namespace,
      storage,
      historyLength,
      acl,
      logger: createLogger("state", { write: () => {} }),
      fence: { path, epoch, lost: this.lost.signal },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lost.abort(new Error("Leadership ended"));
    await this.store[Symbol.asyncDispose]();
    await this.zk.close();
  }
}

/** The text as a content. */
export async function* bytesOf(text: string): Bytes & AsyncGenerator<Uint8Array, void, void> {
  await Promise.resolve();
  yield new TextEncoder().encode(text);
}

export async function textOf(content: Bytes): Promise<string> {
  let text = "";
  for await (const piece of content) text += new TextDecoder().decode(piece);
  return text;
}
