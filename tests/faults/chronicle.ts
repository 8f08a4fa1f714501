/** One line that a recorder wrote. */
export interface Entry {
  /** CLOCK_MONOTONIC, in milliseconds: one clock for all processes of the machine. */
  atMs: number;
  epoch: bigint;
  pid: number;
  event: "start" | "stray" | "beat" | "term" | "exit";
}

/** One process of a leader-only command, from the first to the last sign of life. */
export interface Life {
  epoch: bigint;
  pid: number;
  /** It left the group of its command on purpose. */
  isStray: boolean;
  /** Its beginning is in the chronicle. */
  isNew: boolean;
  firstMs: number;
  lastMs: number;
  /** When it was told to stop. */
  termMs?: number;
}

/** All that acted under one epoch. */
export interface Reign {
  epoch: bigint;
  firstMs: number;
  lastMs: number;
  /** How often its command was started since the chronicle began. */
  starts: number;
}

export interface Overlap {
  first: Life;
  second: Life;
  lengthMs: number;
}

const EVENTS: readonly string[] = ["start", "stray", "beat", "term", "exit"];

/** The entries of a recorder's text; a line that is none is an error, for it would hide a life. */
export function parseEntries(text: string): Entry[] {
  return text.split("\n").filter((line) => line !== "").map(parseLine);
}

function parseLine(line: string): Entry {
  const [at, epoch, pid, event, ...rest] = line.split(" ");
  if (rest.length > 0 || !event || !EVENTS.includes(event) || !/^\d+$/.test(epoch!)) {
    throw new Error(`Cannot read the recorder's line "${line}"`);
  }
  return {
    atMs: Number(at),
    epoch: BigInt(epoch!),
    pid: Number(pid),
    event: event as Entry["event"],
  };
}

/** Gathers entries into lives, in the order in which they began. */
export class Chronicle {
  readonly #lives = new Map<string, Life>();

  add(entries: readonly Entry[]): void {
    for (const { atMs, epoch, pid, event } of entries) {
      const key = `${epoch} ${pid}`;
      const life = this.#lives.get(key) ??
        { epoch, pid, isStray: event === "stray", isNew: false, firstMs: atMs, lastMs: atMs };
      life.isNew ||= event === "start";
      life.lastMs = Math.max(life.lastMs, atMs);
      if (event === "term") life.termMs ??= atMs;
      this.#lives.set(key, life);
    }
  }

  get lives(): readonly Life[] {
    return [...this.#lives.values()].sort((a, b) => a.firstMs - b.firstMs);
  }

  /** In the order of their first action. */
  get reigns(): readonly Reign[] {
    const reigns = new Map<bigint, Reign>();
    for (const { epoch, firstMs, lastMs, isNew } of this.lives) {
      const reign = reigns.get(epoch) ?? { epoch, firstMs, lastMs, starts: 0 };
      reign.lastMs = Math.max(reign.lastMs, lastMs);
      if (isNew) reign.starts++;
      reigns.set(epoch, reign);
    }
    return [...reigns.values()];
  }

  /**
   * Every pair of lives that may not have been at the same time, and were: those of two epochs, and
   * those of two commands of one epoch. What a recorder does between two beats is not seen.
   */
  get overlaps(): readonly Overlap[] {
    const found: Overlap[] = [];
    const { lives } = this;
    for (const [index, second] of lives.entries()) {
      for (const first of lives.slice(0, index)) {
        const lengthMs = Math.min(first.lastMs, second.lastMs) - second.firstMs;
        if (lengthMs >= 0 && areRivals(first, second)) found.push({ first, second, lengthMs });
      }
    }
    return found;
  }

  /** For how long nobody acted between a reign and the next, each time, in order. */
  get gapsMs(): readonly number[] {
    const { reigns } = this;
    return reigns.slice(1).map((reign, index) => reign.firstMs - reigns[index]!.lastMs);
  }
}

function areRivals(first: Life, second: Life): boolean {
  if (first.epoch !== second.epoch) return true;
  return !first.isStray && !second.isStray;
}
