const LONGEST_FACTOR = 10;

/**
 * How long a master that gave up leaves leadership to others: longer each time it gives up again, so
 * that a command that cannot run anywhere does not rotate among the masters for ever. It outlives the
 * terms of a master.
 */
export class CoolDown {
  readonly #initialMs: number;
  #giveUps = 0;

  constructor(initialMs: number) {
    this.#initialMs = initialMs;
  }

  /** The length of the pause that begins now: doubled each time, up to ten times the first. */
  giveUp(): number {
    const factor = Math.min(2 ** this.#giveUps, LONGEST_FACTOR);
    this.#giveUps++;
    return this.#initialMs * factor;
  }

  /** The command ran well: the next give-up counts as the first. */
  ranWell(): void {
    this.#giveUps = 0;
  }
}
