import type { Server } from "./connect_string.ts";

/**
 * The servers in one random order, gone through again and again: clients spread over the ensemble,
 * and each tries all others before it comes back to the same one.
 */
export class HostList {
  readonly #servers: readonly Server[];
  #next = 0;

  constructor(servers: readonly Server[], random: () => number = Math.random) {
    this.#servers = shuffled(servers, random);
  }

  get size(): number {
    return this.#servers.length;
  }

  /** The server to try now. */
  take(): Server {
    const server = this.#servers[this.#next % this.#servers.length];
    if (server === undefined) throw new RangeError("Cannot take a server: the list is empty");
    this.#next++;
    return server;
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
