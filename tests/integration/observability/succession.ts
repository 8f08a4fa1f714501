import { connect, type ZooKeeper } from "zookeeper";
import { electionLayout } from "../../../src/election/layout.ts";
import { followLeader } from "../../../src/election/retrieval.ts";
import { createLogger } from "../../../src/log/logger.ts";
import type { TimedAnswer } from "./visitor.ts";

/** Something that proves, at a time by performance.now(), that this epoch has begun. */
export interface Sighting {
  epoch: bigint;
  at: number;
}

/** The leaders one after the other, as ZooKeeper shows them to somebody who asks no master. */
export class Succession implements AsyncDisposable {
  readonly sightings: Sighting[] = [];
  readonly #zk: ZooKeeper;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  static async follow(address: string, namespace: string): Promise<Succession> {
    const zk = await connect(address, { signal: AbortSignal.timeout(10_000) });
    return new Succession(zk, namespace);
  }

  private constructor(zk: ZooKeeper, namespace: string) {
    this.#zk = zk;
    this.#following = this.#follow(namespace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#zk.close();
  }

  async #follow(namespace: string): Promise<void> {
    const layout = electionLayout(namespace);
    const logger = createLogger("test", { write: () => {} });
    const leaders = followLeader(this.#zk, { layout, logger, signal: this.#stop.signal });
    for await (const leader of leaders) {
      const epoch = leader?.details?.epoch;
      if (epoch !== undefined) this.sightings.push({ epoch, at: performance.now() });
    }
  }
}

/** The epoch under which a request was answered; undefined if it was not answered with 200. */
export function epochOf(
  { status, text }: Pick<TimedAnswer, "status" | "text">,
): bigint | undefined {
  if (status !== 200) return undefined;
  const { epoch, leader } = JSON.parse(text);
  return BigInt(epoch ?? leader?.epoch ?? -1);
}

/** Answers under an epoch although a later one was seen before their request was even sent. */
export function belated(
  answers: readonly TimedAnswer[],
  sightings: readonly Sighting[],
): TimedAnswer[] {
  const inTime = sightings.toSorted((one, other) => one.at - other.at);
  let next = 0;
  let newest = -1n;
  return answers.toSorted((one, other) => one.beganAt - other.beganAt).filter((answer) => {
    while (next < inTime.length && inTime[next]!.at < answer.beganAt) {
      const { epoch } = inTime[next++]!;
      if (epoch > newest) newest = epoch;
    }
    const epoch = epochOf(answer);
    return epoch !== undefined && epoch < newest;
  });
}
