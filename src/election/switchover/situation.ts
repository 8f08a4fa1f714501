import { type NodeData, readWatched, type Watcher, type ZooKeeper } from "zookeeper";
import type { Logger } from "../../log/logger.ts";
import type { ElectionLayout } from "../layout.ts";
import type { Situation } from "./act.ts";
import { readContenders } from "./contenders.ts";
import { decodeReady, decodeRequest, type SwitchoverRequest } from "./documents.ts";

/**
 * The eyes of one candidate for switchovers. It knows when it first saw a request, and so how long
 * that one counts, by no other clock than its own.
 */
export class SwitchoverView {
  readonly #zk: ZooKeeper;
  readonly #layout: ElectionLayout;
  readonly #logger: Logger;
  #isReported = false;
  #seen: { id: string; deadline: number } | undefined;

  constructor(zk: ZooKeeper, options: { layout: ElectionLayout; logger: Logger }) {
    this.#zk = zk;
    this.#layout = options.layout;
    this.#logger = options.logger;
  }

  /** Until when a request counts, as performance.now() counts. */
  deadlineOf({ id, timeoutMs }: SwitchoverRequest): number {
    if (this.#seen?.id !== id) this.#seen = { id, deadline: performance.now() + timeoutMs };
    return this.#seen.deadline;
  }

  /** The switchover that is under way, with a watch on all that may change it; undefined if none is. */
  async read(options: { watch: Watcher; signal: AbortSignal }): Promise<Situation | undefined> {
    const { request: path, ready: readyPath } = this.#layout.switchover;
    const node = await readWatched(this.#zk, path, options);
    const request = node && this.#decode(path, node);
    if (request === undefined || performance.now() >= this.deadlineOf(request)) return undefined;
    const [ready, queue] = await Promise.all([
      readWatched(this.#zk, readyPath, options),
      readContenders(this.#zk, this.#layout, options),
    ]);
    const id = ready && decodeReady(ready.data);
    return { request, queue, ready: id && { id, owner: ready.stat.ephemeralOwner } || undefined };
  }

  // A node that would outlive its maker was not made by us, and nobody would ever remove it.
  #decode(path: string, { data, stat }: NodeData): SwitchoverRequest | undefined {
    const request = stat.ephemeralOwner === 0n ? undefined : decodeRequest(data);
    if (request === undefined && !this.#isReported) {
      this.#isReported = true;
      this.#logger.warn("switchover request cannot be read, it is passed over", { path });
    }
    return request;
  }
}
