import { until } from "../support/until.ts";
import type { Difference } from "./difference.ts";
import { CLIENT_COUNT } from "./program.ts";
import { PERSISTENT_CLIENT } from "./requests.ts";
import type { Step } from "./step.ts";
import { type Observation, Subject, type TestedServer } from "./subject.ts";

// A server may learn a moment later that a connection, and with it its watches, is gone.
const COUNTS_LIMIT_MS = 5000;

/** Starts the two servers that are compared, each with nothing in it. */
export interface Contestants {
  reference(): Promise<TestedServer>;
  tested(): Promise<TestedServer>;
}

/** The same program on two servers, and all that their clients hear of it. */
export class Comparison implements AsyncDisposable {
  readonly #reference: Subject;
  readonly #tested: Subject;
  readonly #program: Step[] = [];

  static async open({ reference, tested }: Contestants): Promise<Comparison> {
    await using opened = new AsyncDisposableStack();
    const first = opened.use(await Subject.open(await reference(), CLIENT_COUNT));
    const second = opened.use(await Subject.open(await tested(), CLIENT_COUNT));
    opened.move();
    return new Comparison(first, second);
  }

  private constructor(reference: Subject, tested: Subject) {
    this.#reference = reference;
    this.#tested = tested;
  }

  /** Does one step on both; either they differ, or this is what both have heard. */
  async perform(step: Step): Promise<{ difference: Difference } | { observation: Observation }> {
    this.#program.push(step);
    if (step.kind === "restart") {
      const difference = await this.#countsDifference({ ofWatches: false });
      if (difference) return { difference };
    }
    const [expected, seen] = await Promise.all([
      this.#reference.perform(step),
      this.#tested.perform(step).catch((error) => new Error("the step failed", { cause: error })),
    ]);
    const difference = seen instanceof Error
      ? this.#difference("all clients", expected.heard.flat(), [Deno.inspect(seen)])
      : this.#differenceOf(expected, seen, step);
    return difference ? { difference } : { observation: expected };
  }

  /** Compares what is left behind: all nodes, and the servers' own counts. */
  async finish(): Promise<Difference | undefined> {
    const [tree, otherTree] = await this.#both((subject) => subject.tree());
    if (!isSame(tree, otherTree)) return this.#difference("the tree", tree, otherTree);
    // 3.8.0 counts recursive watches twice, later ones do not.
    for (const subject of [this.#reference, this.#tested]) subject.disconnect(PERSISTENT_CLIENT);
    return await this.#countsDifference({ ofWatches: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#both((subject) => subject[Symbol.asyncDispose]());
  }

  #both<T>(act: (subject: Subject) => Promise<T>): Promise<[T, T]> {
    return Promise.all([act(this.#reference), act(this.#tested)]);
  }

  async #countsDifference(options: { ofWatches: boolean }): Promise<Difference | undefined> {
    const counts = () => this.#both((subject) => subject.counts(options));
    try {
      await until(counts, ([expected, seen]) => isSame(expected, seen), {
        limitMs: COUNTS_LIMIT_MS,
      });
      return undefined;
    } catch {
      return this.#difference("the counts", ...await counts());
    }
  }

  #differenceOf(expected: Observation, seen: Observation, step: Step): Difference | undefined {
    // In which order the nodes of a session go is each server's own.
    const isOrderFree = step.kind === "leave" || step.kind === "expire";
    const ordered = (heard: readonly string[]) => isOrderFree ? heard.toSorted() : heard;
    for (const [client, heard] of expected.heard.entries()) {
      const [one, other] = [ordered(heard), ordered(seen.heard[client]!)];
      if (!isSame(one, other)) return this.#difference(`client ${client} heard`, one, other);
    }
    return undefined;
  }

  #difference(where: string, expected: readonly string[], seen: readonly string[]): Difference {
    return { program: [...this.#program], where, expected, seen };
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}
