import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import { StateClient } from "../../daemon/state_client.ts";
import { TokenError } from "../../daemon/token_error.ts";
import type { LeaderDetails, LeaderInformation } from "../../election/leadership.ts";
import { isStateError, StateError } from "../../state/errors.ts";
import type { StateAccess } from "./access.ts";
import { findToken } from "./token.ts";

/** How long to wait for a leader. */
const LEADER_LIMIT_MS = 10_000;
/** How long nothing may move in a call: a leader answers a write once its storage has it. */
const CALL_TIMEOUT_MS = 60_000;

type Leader = LeaderInformation & { details: LeaderDetails };

export type LeaderCall<T> = (client: StateClient, options: { signal: AbortSignal }) => Promise<T>;

export interface LeaderCallsOptions {
  access: Pick<StateAccess, "configuration" | "leaders">;
  signal: AbortSignal;
  /** How long to wait for a leader, in milliseconds. */
  leaderLimitMs?: number;
}

/** Calls of one command to whoever leads. */
export class LeaderCalls {
  readonly #options: LeaderCallsOptions;
  #leaderSessionId: string | undefined;

  constructor(options: LeaderCallsOptions) {
    this.#options = options;
  }

  /** The leadership that was called last. */
  get leaderSessionId(): string | undefined {
    return this.#leaderSessionId;
  }

  /**
   * Calls the leader; if it leads no more, and so did nothing, the next one. The signal of a call aborts
   * also when another leads by then: a frozen leader would not answer.
   * @throws {StateError} | {TokenError}
   */
  async call<T>(act: LeaderCall<T>, options: { canRepeat: () => boolean }): Promise<T> {
    try {
      return await this.#callOnce(act);
    } catch (error) {
      if (this.#leaderSessionId === undefined || !await this.#isOutrun(error)) throw error;
      if (options.canRepeat()) return await this.#callOnce(act);
      const hint = "what was sent cannot be read again: run the command once more";
      const message = `${(error as Error).message}; ${hint}`;
      throw new StateError("not-leading", message, { cause: error });
    }
  }

  async #callOnce<T>(act: LeaderCall<T>): Promise<T> {
    const { leaderSessionId, details } = await this.#leader();
    this.#leaderSessionId = leaderSessionId;
    const { token, file } = await findToken(this.#options.access.configuration, details);
    const client = new StateClient(details, { leaderSessionId, token, timeoutMs: CALL_TIMEOUT_MS });
    try {
      return await this.#whileLeading((signal) => act(client, { signal }));
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      throw new TokenError(`The leader does not take the token in ${file}`, { cause: error });
    }
  }

  async #whileLeading<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const [replaced, done] = [new AbortController(), new AbortController()];
    using either = new AnySignal([this.#options.signal, replaced.signal]);
    using watched = new AnySignal([this.#options.signal, done.signal]);
    const watching = this.#find(watched.signal).then((leader) => {
      const message = `Another leads by now, at ${leader.address}`;
      replaced.abort(new StateError("not-leading", message));
    }).catch(() => {});
    try {
      return await step(either.signal);
    } finally {
      done.abort();
      await watching;
    }
  }

  /** Whether an error comes of a leadership that was over by then. */
  async #isOutrun(error: unknown): Promise<boolean> {
    if (isStateError(error, "not-leading")) return true;
    // The token of a leadership goes with it.
    if (!(error instanceof TokenError)) return false;
    for await (const leader of this.#options.access.leaders(this.#options)) {
      return leader?.leaderSessionId !== this.#leaderSessionId;
    }
    return false;
  }

  /** The leader, but not the one that was called last. */
  async #leader(): Promise<Leader> {
    const { signal, leaderLimitMs: timeoutMs = LEADER_LIMIT_MS } = this.#options;
    const find = (signal: AbortSignal) => this.#find(signal);
    try {
      return await withLimit(find, { act: "Finding the leader", timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
      const which = this.#leaderSessionId === undefined ? "No leader" : "No other leader";
      throw new StateError("not-leading", `${which} is known: nothing was written`);
    }
  }

  async #find(signal: AbortSignal): Promise<Leader> {
    for await (const leader of this.#options.access.leaders({ signal })) {
      if (leader === undefined || leader.leaderSessionId === this.#leaderSessionId) continue;
      const { address, details } = leader;
      if (details !== undefined) return { ...leader, details };
      throw new StateError(
        "unavailable",
        `The leader at ${address} is no masterd: it keeps no state`,
      );
    }
    throw signal.reason;
  }
}
