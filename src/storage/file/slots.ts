import { abortable } from "../../async/abortable.ts";

/** A number of places, given to whoever has waited longest. */
export class Slots {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a place, or for the signal, which is what it then rejects with. */
  async take(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    return { [Symbol.dispose]: () => this.#give() };
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    if (signal === undefined) return await turn.promise;
    try {
      await abortable(turn.promise, signal);
    } catch (error) {
      this.#leave(turn.resolve);
      throw error;
    }
  }

  #leave(turn: () => void): void {
    const index = this.#waiting.indexOf(turn);
    if (index === -1) this.#give();
    else this.#waiting.splice(index, 1);
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
