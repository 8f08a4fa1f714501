/** The gaps of the rounds so far, in milliseconds. */
export class Gaps {
  readonly #sorted: number[] = [];

  add(gapMs: number): void {
    const at = this.#sorted.findIndex((other) => other > gapMs);
    this.#sorted.splice(at < 0 ? this.#sorted.length : at, 0, gapMs);
  }

  /** Undefined as long as none was measured. */
  get medianMs(): number | undefined {
    const { length } = this.#sorted;
    if (length === 0) return undefined;
    const [low, high] = [Math.floor((length - 1) / 2), Math.ceil((length - 1) / 2)];
    return (this.#sorted[low]! + this.#sorted[high]!) / 2;
  }

  get maxMs(): number | undefined {
    return this.#sorted.at(-1);
  }
}
