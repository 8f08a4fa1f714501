import type { Logger } from "../../log/logger.ts";

const NEARLY_FULL = 0.8;
/** So much less it must be before a line is taken back: else each write could be one. */
const SLACK = 0.05;

type Level = "roomy" | "nearly-full" | "full";

/** Tells the operator in time that the tree outgrows the memory, and when it does no more. */
export class FillLevel {
  readonly #maxWeight: number;
  readonly #logger: Logger;
  #level: Level = "roomy";

  constructor({ maxWeight, logger }: { maxWeight: number; logger: Logger }) {
    this.#maxWeight = maxWeight;
    this.#logger = logger;
  }

  /** To be called after each write; costs nothing while the level stays. */
  observe(weight: number): void {
    const level = this.#levelAt(weight / this.#maxWeight);
    if (level === this.#level) return;
    this.#level = level;
    this.#tell(level, { bytes: weight, limit: this.#maxWeight });
  }

  #levelAt(fraction: number): Level {
    if (fraction >= 1 - this.#slackOf("full")) return "full";
    const isNearlyFull = fraction >= NEARLY_FULL - this.#slackOf("nearly-full", "full");
    return isNearlyFull ? "nearly-full" : "roomy";
  }

  #slackOf(...levels: Level[]): number {
    return levels.includes(this.#level) ? SLACK : 0;
  }

  #tell(level: Level, fields: { bytes: number; limit: number }): void {
    switch (level) {
      case "roomy":
        return this.#logger.info("the tree has room again", fields);
      case "nearly-full":
        return this.#logger.warn("the tree is nearly full", fields);
      case "full":
        return this.#logger.error("the tree is full: what makes it grow is refused", fields);
    }
  }
}
