/** When something began, by both clocks: from then on they tell by how much the wall clock was set. */
export class StartTime {
  readonly at = new Date();
  readonly #ticks = performance.now();

  /** In milliseconds; a machine that was suspended counts as set forward. */
  clockStepMs(): number {
    const byWallClock = Date.now() - this.at.getTime();
    return Math.round(byWallClock - (performance.now() - this.#ticks));
  }
}
