import {
  isZkError,
  joinPath,
  untilAnswered,
  WakeUp,
  type Watcher,
  type ZooKeeper,
} from "zookeeper";
import { inParallel } from "../async/in_parallel.ts";
import type { PastLeadership } from "./history.ts";
import { readHistory } from "./history_node.ts";
import { parseObject } from "./json_document.ts";
import { latchQueue } from "./latch_order.ts";
import type { ElectionLayout } from "./layout.ts";

/** A place in the queue for leadership. */
export interface QueuePlace {
  path: string;
  /** What the contender calls itself; a master its `host:port`. */
  participant: string;
  /** The epoch with which it leads. */
  epoch: bigint;
  /** 0 for a node that outlives every session. */
  session: bigint;
}

/** A master that is registered. */
export interface RegisteredMaster {
  /** `host:port`. */
  participant: string;
  session: bigint;
  /** Grows with each registration. */
  czxid: bigint;
  version: string | null;
  pid: number | null;
  startedAt: string | null;
}

/** Who stands for election, and who led. Whatever is text of others is short. */
export interface ElectionPicture {
  /** In the order in which they lead. */
  queue: readonly QueuePlace[];
  masters: readonly RegisteredMaster[];
  history: readonly PastLeadership[];
}

/** More than any cluster has: whoever may write there could keep a reader busy for ever. */
const MAX_READ = 200;
const PARALLEL_READS = 20;
const MAX_TEXT = 255;

/**
 * Looks at an election again and again, by one session. What a latch node or a registration says never
 * changes, so that each is read once, and a look costs no more than what is new.
 */
export class ElectionReader implements Disposable {
  readonly #zk: ZooKeeper;
  readonly #layout: ElectionLayout;
  // One for all looks: a watcher of each look would stay behind as long as nothing changes.
  readonly #wakeUp: WakeUp;
  #places: Read<QueuePlace> = new Map();
  #masters: Read<RegisteredMaster> = new Map();

  constructor(zk: ZooKeeper, layout: ElectionLayout) {
    this.#zk = zk;
    this.#layout = layout;
    this.#wakeUp = new WakeUp(zk);
  }

  /** Looks once; `changed()` then tells of what is different from now on. */
  async look(signal: AbortSignal): Promise<ElectionPicture> {
    this.#wakeUp.reset();
    const { latch, masters, history: path } = this.#layout;
    const options = { watch: this.#wakeUp.wake, signal };
    return await untilAnswered(async () => {
      const [latchNames, masterNames, history] = await Promise.all([
        this.#children(latch, options),
        this.#children(masters, options),
        readHistory(this.#zk, path, options),
      ]);
      const queue = latchQueue(latchNames).contenders.slice(0, MAX_READ);
      this.#places = await this.#readNew(latch, queue, this.#places, toPlace, signal);
      const known = masterNames.slice(0, MAX_READ);
      this.#masters = await this.#readNew(masters, known, this.#masters, toMaster, signal);
      return {
        queue: queue.flatMap((name) => this.#places.get(name) ?? []),
        masters: known.flatMap((name) => this.#masters.get(name) ?? []),
        history,
      };
    }, { signal });
  }

  /** Resolves once something has changed since the last look began. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#wakeUp.next(signal);
  }

  [Symbol.dispose](): void {
    this.#wakeUp[Symbol.dispose]();
  }

  async #children(
    path: string,
    options: { watch: Watcher; signal: AbortSignal },
  ): Promise<readonly string[]> {
    // Its creation is to be seen as well, and without a node there are no children to watch.
    if (await this.#zk.exists(path, options) === undefined) return [];
    try {
      return (await this.#zk.getChildren(path, options)).children;
    } catch (error) {
      if (!isZkError(error, "NoNode")) throw error;
      return [];
    }
  }

  /** What the nodes of these names say: the known ones as before, the others read. */
  async #readNew<T>(
    parent: string,
    names: readonly string[],
    known: Read<T>,
    decode: Decode<T>,
    signal: AbortSignal,
  ): Promise<Read<T>> {
    const found = new Map<string, T | undefined>();
    await inParallel(names, PARALLEL_READS, async (name) => {
      const isKnown = known.has(name);
      const path = joinPath(parent, name);
      found.set(name, isKnown ? known.get(name) : await this.#read(path, decode, signal));
    });
    return found;
  }

  async #read<T>(path: string, decode: Decode<T>, signal: AbortSignal): Promise<T | undefined> {
    try {
      const { data, stat } = await this.#zk.getData(path, { signal });
      return decode(path, data, { session: stat.ephemeralOwner, czxid: stat.czxid });
    } catch (error) {
      if (!isZkError(error, "NoNode")) throw error;
    }
  }
}

/** What the nodes of these names say; undefined of one that says nothing, which is not read again. */
type Read<T> = ReadonlyMap<string, T | undefined>;

type Decode<T> = (
  path: string,
  data: Uint8Array,
  node: { session: bigint; czxid: bigint },
) => T | undefined;

function toPlace(
  path: string,
  data: Uint8Array,
  { session, czxid: epoch }: { session: bigint; czxid: bigint },
): QueuePlace {
  const participant = new TextDecoder().decode(data.subarray(0, MAX_TEXT));
  return { path, participant, epoch, session };
}

// A node that would outlive its maker was not made by a master.
function toMaster(
  _path: string,
  data: Uint8Array,
  { session, czxid }: { session: bigint; czxid: bigint },
): RegisteredMaster | undefined {
  const { participant, version, pid, startedAt } = parseObject(data);
  const name = textOf(participant);
  if (session === 0n || name === null) return undefined;
  return {
    participant: name,
    session,
    czxid,
    version: textOf(version),
    pid: typeof pid === "number" && Number.isSafeInteger(pid) ? pid : null,
    startedAt: textOf(startedAt),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : null;
}
