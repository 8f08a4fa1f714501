import type { WatchEvent } from "zookeeper";

/**
 * Measures how long nobody could be found as the leader, from the events of the node that holds the
 * leader's information.
 */
export class GapMeter {
  readonly #path: string;
  readonly #now: () => number;
  #vanishedAt: number | undefined;
  #appearedAt: number | undefined;

  constructor(path: string, now: () => number = () => performance.now()) {
    this.#path = path;
    this.#now = now;
  }

  /** Undefined if an end of the gap has not been seen. */
  get gapMs(): number | undefined {
    if (this.#vanishedAt === undefined || this.#appearedAt === undefined) return undefined;
    return this.#appearedAt - this.#vanishedAt;
  }

  note({ kind, path }: WatchEvent): void {
    if (path !== this.#path) return;
    if (kind === "created") this.seen();
    if (kind !== "deleted") return;
    this.#vanishedAt = this.#now();
    this.#appearedAt = undefined;
  }

  /** Information is there: it may have come before anybody could watch for it. */
  seen(): void {
    if (this.#vanishedAt !== undefined) this.#appearedAt ??= this.#now();
  }

  /** Forgets what was measured: without a connection events come late. */
  spoil(): void {
    this.#vanishedAt = undefined;
    this.#appearedAt = undefined;
  }
}
