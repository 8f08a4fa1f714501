import { abortable } from "../../async/abortable.ts";
import { toStorageError } from "./file_error.ts";
import { Slots } from "./slots.ts";
import { Steps } from "./steps.ts";

/** At most so many calls are under way at once, those included that nobody waits for any more. */
const MAX_CALLS = 32;

/** Runs what a storage does, and lets nobody wait for a file system that does not answer. */
export class FileWork {
  readonly #timeoutMs: number;
  readonly #slots = new Slots(MAX_CALLS);
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: { timeoutMs: number }) {
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * Resolves or rejects as the work does, which is given up when the signal aborts or a step takes too
   * long. Work that was given up goes on in the background until it has put its things in order.
   * @throws {StorageError} | the reason of the signal
   */
  async run<T>(
    act: string,
    { signal }: { signal: AbortSignal },
    work: (steps: Steps) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const steps = this.#steps(act);
    const giveUp = () => steps.giveUp(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await abortable(this.#started(work(steps)), steps.givenUp);
    } catch (error) {
      throw toStorageError(act, error);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Starts work that nobody waits for, and whose failure changes nothing. */
  start(act: string, work: (steps: Steps) => Promise<void>): void {
    this.#started(work(this.#steps(act))).catch(() => {});
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #steps(act: string): Steps {
    return new Steps({ act, timeoutMs: this.#timeoutMs, slots: this.#slots });
  }

  #started<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(() => {}, () => {}).finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
    return work;
  }
}
