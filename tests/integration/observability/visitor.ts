import { delay } from "../../../src/async/delay.ts";
import { type KeptAnswer, KeptConnection } from "./kept_connection.ts";

export interface VisitorOptions {
  port: number;
  path: string;
  /** Every request on the connection of the one before, or each on one of its own. */
  isKept: boolean;
}

/** An answer and when, by performance.now(), its request was begun and it was there. */
export interface TimedAnswer extends KeptAnswer {
  beganAt: number;
  endedAt: number;
}

const PAUSE_MS = 5;

/** Sends one request after another, each behind the answer to the one before, and keeps the answers. */
export class Visitor implements AsyncDisposable {
  /** In their order; requests that nobody answered are only counted. */
  readonly answers: TimedAnswer[] = [];
  unanswered = 0;
  readonly #options: VisitorOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #connection: KeptConnection | undefined;

  constructor(options: VisitorOptions) {
    this.#options = options;
    this.#running = this.#run(this.#stop.signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#hangUp();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const beganAt = performance.now();
        const answer = await this.#ask();
        this.answers.push({ ...answer, beganAt, endedAt: performance.now() });
      } catch {
        this.unanswered++;
        this.#hangUp();
      }
      await delay(PAUSE_MS, { signal }).catch(() => {});
    }
  }

  async #ask(): Promise<KeptAnswer> {
    const { port, path, isKept } = this.#options;
    this.#connection ??= await KeptConnection.open(port);
    const answer = await this.#connection.get(path);
    if (!isKept) this.#hangUp();
    return answer;
  }

  #hangUp(): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }
}
