import type { Fields, Logger } from "../../log/logger.ts";

const LINES = 20;
const WINDOW_MS = 10_000;
const MAX_TEXT = 200;

/**
 * Says what hostile or broken clients do, in so many lines and letters at most: who can connect
 * must not be able to fill a disk.
 */
export class LimitedLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  #windowEndMs = 0;
  #lines = 0;
  #unsaid = 0;

  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  warn(event: string, fields: Fields): void {
    if (this.#now() >= this.#windowEndMs) this.#beginWindow();
    if (++this.#lines > LINES) this.#unsaid++;
    else this.#logger.warn(event, shortened(fields));
  }

  #beginWindow(): void {
    if (this.#unsaid > 0) this.#logger.warn("more of such lines left out", { lines: this.#unsaid });
    this.#windowEndMs = this.#now() + WINDOW_MS;
    this.#lines = this.#unsaid = 0;
  }
}

function shortened(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value,
    ]),
  );
}
