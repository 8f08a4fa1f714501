import { isFinal, type ZooKeeper } from "zookeeper";
import { aborted } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import { type ElectionPicture, ElectionReader } from "../../election/election_picture.ts";
import type { ElectionLayout } from "../../election/layout.ts";
import type { Pause } from "../../election/pause.ts";
import type { Logger } from "../../log/logger.ts";
import type { SessionSource } from "../high_availability/services.ts";
import type { FollowedValues, MasterObserver } from "../master_observer.ts";
import { followByEachSession } from "./each_session.ts";
import { whileTrue } from "./interest.ts";
import { watchPause } from "./pause_watch.ts";

export interface ElectionWatchOptions {
  layout: ElectionLayout;
  pause: LatestValue<Pause | undefined>;
  /** Whether anybody wants to see who stands for election. */
  wanted: LatestValue<boolean>;
  logger: Logger;
}

/** Whoever changes the queue again and again keeps nobody busier than this. */
const LEAST_PAUSE_MS = 50;

/** Watches in ZooKeeper whether failovers are paused, and, while wanted, who stands for election. */
export class ElectionWatch implements MasterObserver, Disposable {
  /** Undefined while nobody looks. */
  readonly picture: LatestValue<ElectionPicture | undefined> = new LatestValue<
    ElectionPicture | undefined
  >(undefined);
  readonly #options: ElectionWatchOptions;
  #reader: { zk: ZooKeeper; reader: ElectionReader } | undefined;

  constructor(options: ElectionWatchOptions) {
    this.#options = options;
  }

  found(): void {}

  async follow({ zookeeper: source }: FollowedValues, signal: AbortSignal): Promise<void> {
    if (source === undefined) return await aborted(signal);
    const { wanted } = this.#options;
    await runTogether([
      (signal) => this.#watchPause(source, signal),
      (signal) => whileTrue(wanted, (signal) => this.#watchQueue(source, signal), signal),
    ], signal);
  }

  [Symbol.dispose](): void {
    this.#reader?.reader[Symbol.dispose]();
  }

  async #watchPause(source: SessionSource, signal: AbortSignal): Promise<void> {
    const { layout: { pause: path }, pause, logger } = this.#options;
    await followByEachSession({
      source,
      follow: (zk, signal) => watchPause(zk, { path, pause }, signal),
      failure: "whether failovers are paused cannot be followed",
      logger,
    }, signal);
  }

  async #watchQueue(source: SessionSource, signal: AbortSignal): Promise<void> {
    try {
      await followByEachSession({
        source,
        follow: (zk, signal) => this.#look(zk, signal),
        failure: "who stands for election cannot be followed",
        logger: this.#options.logger,
      }, signal);
    } finally {
      this.picture.set(undefined);
    }
  }

  async #look(zk: ZooKeeper, signal: AbortSignal): Promise<void> {
    const reader = this.#readerOf(zk);
    while (true) {
      this.picture.set(await reader.look(signal));
      // Throws how the session ended: no watch of it will wake us any more.
      if (isFinal(zk.state)) await zk.connected({ signal });
      await reader.changed(signal);
      await delay(LEAST_PAUSE_MS, { signal });
    }
  }

  // One for each session: one for each time that somebody looks would leave ever more watchers behind.
  #readerOf(zk: ZooKeeper): ElectionReader {
    if (this.#reader?.zk !== zk) {
      this.#reader?.reader[Symbol.dispose]();
      this.#reader = { zk, reader: new ElectionReader(zk, this.#options.layout) };
    }
    return this.#reader.reader;
  }
}
