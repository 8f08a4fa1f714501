import { delay } from "../../src/async/delay.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { type RandomSource, randomSource } from "../unit/election/random_source.ts";
import { Ledger } from "./ledger.ts";
import { Reader } from "./reader.ts";
import { Visitors } from "./visitors.ts";
import { Writer } from "./writer.ts";

const WRITER_COUNT = 4;
const MAX_LOAD_MS = 300;
const MAX_START_MS = 400;
// So few that the server is often killed in the middle of one.
const SNAPSHOT_TRANSACTIONS = 500;

// What a campaign waits for has bounds of its own.
const { signal } = new AbortController();

export interface CampaignOptions {
  readonly seed: number;
  /** The masterd that is killed; a test program in its place if there is none. */
  readonly binary?: string;
}

/** Kills a server under load, again and again, and looks each time what it still knows. */
export class DurabilityCampaign implements AsyncDisposable {
  readonly ledger: Ledger;
  readonly #server: ZooKeeperServer;
  readonly #random: RandomSource;
  readonly #writers: readonly Writer[];
  readonly #reader: Reader;
  readonly #visitors: Visitors;

  static async start({ seed, binary }: CampaignOptions): Promise<DurabilityCampaign> {
    const server = await ZooKeeperServer.start({
      kind: "embedded",
      binary,
      maxSessionTimeoutMs: 60_000,
      settings: { snapCount: SNAPSHOT_TRANSACTIONS },
    });
    const options = { random: randomSource(seed), ledger: new Ledger() };
    const writers: Writer[] = [];
    for (let index = 0; index < WRITER_COUNT; index++) {
      writers.push(await Writer.create(server.port, `/writer-${index}`, options));
    }
    return new DurabilityCampaign(server, writers, options);
  }

  private constructor(
    server: ZooKeeperServer,
    writers: readonly Writer[],
    options: { random: RandomSource; ledger: Ledger },
  ) {
    this.#server = server;
    this.#writers = writers;
    this.#random = options.random;
    this.ledger = options.ledger;
    this.#reader = new Reader(writers.flatMap(({ nodes }) => nodes), options);
    this.#visitors = new Visitors(options);
  }

  /** One kill -9 under load; in one of five rounds another while the server starts again. */
  async round(): Promise<void> {
    const { port } = this.#server;
    const load = Promise.all([
      ...this.#writers.map((writer) => writer.write(port)),
      this.#reader.read(port),
      this.#visitors.visit(port),
    ]);
    await delay(this.#random.below(MAX_LOAD_MS), { signal });
    await this.#server.kill();
    await load;
    if (this.#random.below(5) === 0) await this.#killAtStart();
    await this.#server.restart();
    for (const writer of this.#writers) await writer.verify(port);
    await this.#reader.verify(port);
    await this.#visitors.verify(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  async #killAtStart(): Promise<void> {
    // It fails if it is killed before it serves.
    const starting = this.#server.restart().catch(() => {});
    await delay(this.#random.below(MAX_START_MS), { signal });
    await this.#server.kill();
    await starting;
  }
}
