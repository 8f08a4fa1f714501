import { withLimit } from "../async/abortable.ts";
import { AnySignal } from "../async/any_signal.ts";
import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import { LatestValue } from "../async/latest_value.ts";
import type { Logger } from "../log/logger.ts";
import { CommandStartError } from "./command_end.ts";
import { GuardLink } from "./guard_link.ts";
import type { GuardSystem } from "./guard_system.ts";
import type { SweptWorkload } from "./sweep.ts";

const FIRST_QUESTIONS = 3;

export interface GuardReserveOptions {
  words: readonly string[];
  environment: Readonly<Record<string, string>>;
  system: GuardSystem;
  logger: Logger;
}

/** A guard that can run a command at once, and what that will be known by. */
export interface ReadyGuard {
  readonly link: GuardLink;
  readonly workload: SweptWorkload;
}

type Place = { kind: "empty" } | { kind: "ready"; guard: ReadyGuard } | { kind: "taken" };

/**
 * Keeps one guard ready, so that a new leader does not wait for a process to start. There is one
 * place for a guard: it is free again when the one taken from it is given back.
 */
export class GuardReserve implements AsyncDisposable {
  readonly #options: GuardReserveOptions;
  readonly #place = new LatestValue<Place>({ kind: "empty" });
  readonly #stop = new AbortController();
  /** The guards whose processes may still be there. */
  readonly #links = new Set<GuardLink>();
  readonly #filling: Promise<void>;
  #lastError: unknown;

  constructor(options: GuardReserveOptions) {
    this.#options = options;
    this.#filling = this.#keepFilled();
  }

  /** Takes the guard as soon as one is ready; it has just answered. */
  async take(signal: AbortSignal): Promise<ReadyGuard> {
    const { system: { limits } } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(this.#notReady()), limits.readyMs);
    using any = new AnySignal([signal, this.#stop.signal, late.signal]);
    try {
      while (true) {
        const guard = await this.#claim(any.signal);
        if (await this.#answers(guard.link, any.signal)) return guard;
        this.discard(guard.link);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Gives the place of a taken guard to a fresh one. One that is done ends by itself, or is made to;
   * another still has to kill what it could not kill yet.
   */
  leave(link: GuardLink, options: { isDone: boolean }): void {
    this.#place.set({ kind: "empty" });
    if (!options.isDone || link.gone.aborted) return;
    const timer = setTimeout(() => link.kill(), this.#options.system.limits.answerMs);
    link.gone.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  /** Kills a taken guard, under which nothing runs. */
  discard(link: GuardLink): void {
    link.kill();
    this.leave(link, { isDone: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("The supervisor was closed"));
    await this.#filling;
    for (const link of this.#links) link.kill();
    const { answerMs: timeoutMs } = this.#options.system.limits;
    await withLimit(() => Promise.all([...this.#links].map((link) => link.over)), {
      act: "The end of the guard processes",
      timeoutMs,
    }).catch((error) => this.#options.logger.warn("a guard process cannot be killed", { error }));
  }

  async #keepFilled(): Promise<void> {
    const { signal } = this.#stop;
    const { system: { limits }, logger } = this.#options;
    let pauses = backoff(limits.pauses);
    while (!signal.aborted) {
      try {
        await this.#place.until(({ kind }) => kind === "empty", { signal });
        await this.#fill(signal);
        pauses = backoff(limits.pauses);
      } catch (error) {
        if (signal.aborted) return;
        this.#lastError = error;
        const pauseMs = Math.round(pauses.next().value);
        logger.warn("no guard process is ready", { error: error as Error, pauseMs });
        await delay(pauseMs, { signal }).catch(() => {});
      }
    }
  }

  /** Puts a guard into the place and waits until it is taken; rejects if that cannot be. */
  async #fill(signal: AbortSignal): Promise<void> {
    const { words, environment, system } = this.#options;
    const link = new GuardLink(system.spawn(words, environment), system);
    this.#keep(link);
    await this.#offer({ link, workload: await this.#getReady(link, signal) }, signal);
  }

  async #getReady(link: GuardLink, signal: AbortSignal): Promise<SweptWorkload> {
    const limit = { limitMs: this.#options.system.limits.readyMs, signal };
    try {
      const workload = await link.ready(limit);
      for (let asked = 0; asked < FIRST_QUESTIONS; asked++) await link.askClock(limit);
      return workload;
    } catch (error) {
      link.kill();
      throw error;
    }
  }

  async #offer(guard: ReadyGuard, signal: AbortSignal): Promise<void> {
    const offer: Place = { kind: "ready", guard };
    const { gone } = guard.link;
    const withdraw = () => {
      if (this.#place.value === offer) this.#place.set({ kind: "empty" });
    };
    this.#place.set(offer);
    gone.addEventListener("abort", withdraw, { once: true });
    if (gone.aborted) withdraw();
    const { kind } = await this.#place.until((place) => place !== offer, { signal });
    if (kind === "empty") throw new Error("The guard process ended before it was needed");
  }

  #keep(link: GuardLink): void {
    this.#links.add(link);
    link.gone.addEventListener("abort", () => void this.#forget(link), { once: true });
  }

  async #forget(link: GuardLink): Promise<void> {
    await link.over;
    this.#links.delete(link);
  }

  async #claim(signal: AbortSignal): Promise<ReadyGuard> {
    while (true) {
      await this.#place.until(({ kind }) => kind === "ready", { signal });
      const place = this.#place.value;
      // Another may have been faster.
      if (place.kind !== "ready") continue;
      this.#place.set({ kind: "taken" });
      return place.guard;
    }
  }

  async #answers(link: GuardLink, signal: AbortSignal): Promise<boolean> {
    const { system: { limits }, logger } = this.#options;
    try {
      await link.askClock({ limitMs: limits.answerMs, signal });
      return true;
    } catch (error) {
      if (signal.aborted) {
        this.discard(link);
        throw signal.reason;
      }
      logger.warn("a guard process that was ready does not answer", { error: error as Error });
      return false;
    }
  }

  #notReady(): CommandStartError {
    const { limits: { readyMs } } = this.#options.system;
    return new CommandStartError(
      `Cannot start the command: no guard process was ready within ${readyMs} ms`,
      { problem: "guard", cause: this.#lastError },
    );
  }
}
