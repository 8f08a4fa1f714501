import { Gauge, type Registry } from "prom-client";

export interface GaugeName {
  name: string;
  help: string;
}

/** A gauge that shows nothing while there is no value: 0 would be one. */
export class OptionalGauge {
  readonly #gauge: Gauge;

  constructor(registry: Registry, { name, help }: GaugeName) {
    this.#gauge = new Gauge({ name, help, registers: [registry] });
    this.#gauge.remove();
  }

  show(value: number | null | undefined): void {
    if (value === null || value === undefined) this.#gauge.remove();
    else this.#gauge.set(value);
  }
}

/** 1 for the state that holds and 0 for each of the others; nothing at all while there is no state. */
export class StateSet<S extends string> {
  readonly #gauge: Gauge<"state">;
  readonly #states: readonly S[];

  constructor(registry: Registry, { name, help, states }: GaugeName & { states: readonly S[] }) {
    this.#gauge = new Gauge({ name, help, labelNames: ["state"], registers: [registry] });
    this.#states = states;
  }

  show(current: S | undefined): void {
    this.#gauge.reset();
    if (current === undefined) return;
    for (const state of this.#states) this.#gauge.set({ state }, state === current ? 1 : 0);
  }
}
