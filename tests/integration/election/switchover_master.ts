import { AnySignal } from "../../../src/async/any_signal.ts";
import { aborted } from "../../../src/async/abortable.ts";
import type { Leadership } from "../../../src/election/leadership.ts";
import { prepareSwitchover, switchOver } from "../../../src/election/switchover/operation.ts";
import { readRegisteredMasters } from "../../../src/election/registered_masters.ts";
import { until } from "../../support/until.ts";
import { type Candidate, type Contest, layout, LIMIT_MS } from "./contest.ts";
import { Terms } from "./terms.ts";
import { OPEN_ACL, type ZooKeeper } from "zookeeper";

/** How a master of these tests differs from one that does what it should. */
export interface Habits {
  /** It leads, but nobody can find it. */
  isSilent?: boolean;
  /** Its work ends only when this resolves. */
  work?: Promise<void>;
}

/** A master in this process: stands again and again, and does a leader's work while it leads. */
export class Master implements AsyncDisposable {
  readonly participant: string;
  readonly candidate: Candidate;
  readonly terms: Terms;
  readonly habits: Habits;
  /** Resolves when it is asked to hand over for the first time. */
  readonly asked = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #port: number;

  /** Returns once it is registered: one that only stands in the queue is taken for a foreign contender. */
  static async start(
    contest: Contest,
    port: number,
    terms: Terms,
    habits: Habits = {},
  ): Promise<Master> {
    const candidate = await contest.candidate(`localhost:${port}`);
    const master = new Master(candidate, port, terms, habits);
    const signal = AbortSignal.timeout(LIMIT_MS);
    await until(
      () => readRegisteredMasters(contest.observer, layout, { signal }),
      (registered) => registered.includes(candidate.participant),
    );
    return master;
  }

  private constructor(candidate: Candidate, port: number, terms: Terms, habits: Habits) {
    this.participant = candidate.participant;
    this.candidate = candidate;
    this.terms = terms;
    this.habits = habits;
    this.#port = port;
    this.#running = this.#run(this.#stop.signal);
  }

  /** Ends its session, as a death of the process does in the end. */
  async die(): Promise<void> {
    this.#stop.abort();
    await this.candidate.zk.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.candidate[Symbol.asyncDispose]();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const leadership = await this.candidate.campaign(signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (leadership !== undefined) await this.#lead(leadership, signal);
    }
  }

  async #lead(leadership: Leadership, signal: AbortSignal): Promise<void> {
    const term = this.terms.begin(this.candidate, leadership);
    using any = new AnySignal([signal, leadership.lost, leadership.handover]);
    if (!this.habits.isSilent) {
      const address = { host: "localhost", webuiPort: this.#port, rpcPort: 50010 };
      await leadership.publish(address, { signal: any.signal }).then(
        () => term.isPublished = true,
        (error) => {
          if (!any.signal.aborted) throw error;
        },
      );
    }
    await aborted(any.signal);
    if (leadership.handover.aborted) this.asked.resolve();
    await this.habits.work;
    await leadership.release();
  }
}

/** Asks for a switchover as the command does. */
export async function askFor(
  zk: ZooKeeper,
  { to, timeoutMs = LIMIT_MS, signal = AbortSignal.timeout(LIMIT_MS) }: {
    to?: string;
    timeoutMs?: number;
    signal?: AbortSignal;
  },
) {
  const planning = await prepareSwitchover(zk, { layout, to, signal });
  if (planning.kind !== "plan") return planning;
  const settling = { handoverMs: 1000, leaderMs: 10_000 };
  return await switchOver(zk, planning.plan, {
    layout,
    acl: OPEN_ACL,
    timeoutMs,
    settling,
    signal,
  });
}
