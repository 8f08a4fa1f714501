import { abortable } from "../../async/abortable.ts";
import { StorageError } from "../errors.ts";
import { FileError } from "./file_error.ts";
import type { Slots } from "./slots.ts";

export interface StepsOptions {
  /** What it is all for: `write state/x`. */
  act: string;
  /** How long one step may take, its wait for a place included. */
  timeoutMs: number;
  slots: Slots;
}

/**
 * Calls to the file system that follow one another. The system cannot be told to end a call, so the
 * steps are given up instead, by whoever waits for them or because one takes too long; but they learn
 * of it only when the step at hand has ended, and know then what took effect and must be undone.
 */
export class Steps {
  readonly #options: StepsOptions;
  readonly #end = new AbortController();
  #isDone = false;

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** Aborts when they are given up, with the reason. */
  get givenUp(): AbortSignal {
    return this.#end.signal;
  }

  giveUp(reason: unknown): void {
    if (!this.#isDone) this.#end.abort(reason);
  }

  /** They have done all that was asked: nothing can give them up any more, unless that has happened. */
  done(): void {
    this.givenUp.throwIfAborted();
    this.#isDone = true;
  }

  /** @throws {FileError} | the reason for which the steps were given up before the call */
  call<T>(call: () => Promise<T>): Promise<T> {
    return this.#bounded(call, this.givenUp);
  }

  /**
   * A call that puts things in order, also after the steps were given up.
   * @throws {FileError}
   */
  tidy<T>(call: () => Promise<T>): Promise<T> {
    return this.#bounded(call);
  }

  /** Waits for somebody else's work, which has its own limits. */
  wait<T>(work: Promise<T>): Promise<T> {
    return abortable(work, this.givenUp);
  }

  async #bounded<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const timer = setTimeout(() => this.giveUp(this.#late()), this.#options.timeoutMs);
    try {
      using _slot = await this.#options.slots.take(signal);
      return await answerOf(call);
    } finally {
      clearTimeout(timer);
    }
  }

  #late(): StorageError {
    const { act, timeoutMs } = this.#options;
    return new StorageError("timeout", `Cannot ${act}: nothing moved for ${timeoutMs} ms`);
  }
}

async function answerOf<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new FileError(error);
  }
}
