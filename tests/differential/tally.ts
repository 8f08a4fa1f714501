import type { Answer } from "./client.ts";
import type { Step } from "./step.ts";
import type { Observation } from "./subject.ts";

interface Entry {
  done: number;
  refused: number;
}

/** How often each operation and each other kind of step was done, and how often it was refused. */
export class Tally {
  readonly #entries = new Map<string, Entry>();
  #operations = 0;
  #steps = 0;
  #events = 0;

  /** Requests of clients, and what else a step does as one. */
  get operations(): number {
    return this.#operations;
  }

  count(step: Step, { answers, heard }: Observation): void {
    this.#steps++;
    this.#events += heard.flat().filter((line) => line.startsWith("event")).length;
    if (step.kind !== "ask") return this.#add(step.kind, false);
    for (const [index, { name }] of step.requests.entries()) {
      this.#add(name, isRefused(answers[index]));
    }
  }

  toString(): string {
    const entries = [...this.#entries].sort(([, one], [, other]) => other.done - one.done);
    const parts = entries.map(([name, { done, refused }]) =>
      `${name} ${done}${refused > 0 ? ` (${refused} refused)` : ""}`
    );
    return `${this.#operations} operations in ${this.#steps} steps, ${this.#events} events: ` +
      parts.join(", ");
  }

  #add(name: string, isRefused: boolean): void {
    const entry = this.#entries.get(name) ?? { done: 0, refused: 0 };
    entry.done++;
    if (isRefused) entry.refused++;
    this.#entries.set(name, entry);
    this.#operations++;
  }
}

/** A multi that did nothing is a success with errors in it. */
function isRefused(answer: Answer | undefined): boolean {
  if (answer?.error !== 0) return true;
  return Array.isArray(answer.body) && answer.body.some(({ kind }) => kind === "error");
}
