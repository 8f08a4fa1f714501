import type { Stat } from "../../src/zookeeper/wire/records.ts";
import type { RandomSource } from "../unit/election/random_source.ts";
import { Connection } from "./connection.ts";
import type { Ledger } from "./ledger.ts";

const DEPTH = 4;

/** A client that reads what others write: what it was shown no crash may take back. */
export class Reader {
  readonly #paths: readonly string[];
  readonly #random: RandomSource;
  readonly #ledger: Ledger;
  /** The newest change of each node that was shown, and the content then. */
  readonly #shown = new Map<string, { mzxid: bigint; data: string }>();

  constructor(paths: readonly string[], options: { random: RandomSource; ledger: Ledger }) {
    this.#paths = paths;
    this.#random = options.random;
    this.#ledger = options.ledger;
  }

  /** Reads until the connection ends. */
  async read(port: number): Promise<void> {
    await using connection = await Connection.openIfServed(port);
    if (connection === undefined) return;
    await Promise.all(Array.from({ length: DEPTH }, async () => {
      while (await this.#look(connection, this.#paths[this.#random.below(this.#paths.length)]!));
    }));
  }

  /** Compares all that was shown with what is there; called while nobody writes. */
  async verify(port: number): Promise<void> {
    await using connection = await Connection.open(port);
    for (const path of this.#shown.keys()) await this.#look(connection, path);
    await connection.ask("closeSession", undefined);
  }

  async #look(connection: Connection, path: string): Promise<boolean> {
    const answer = await connection.ask("getData", { path, watch: false });
    if (answer === undefined) return false;
    this.#ledger.saw(answer.zxid);
    this.#ledger.reads++;
    // That a node is gone is the writers' to judge.
    if (answer.error !== 0) return true;
    const { data, stat: { mzxid } } = answer.body as { data: Uint8Array; stat: Stat };
    const found = { mzxid, data: new TextDecoder().decode(data) };
    const before = this.#shown.get(path);
    if (before && before.mzxid > mzxid) {
      this.#ledger.fail(`${path} was seen changed by ${before.mzxid}, and is as of ${mzxid}`);
    }
    if (before?.mzxid === mzxid && before.data !== found.data) {
      this.#ledger.fail(`${path} was ${before.data} as of ${mzxid}, and is ${found.data}`);
    }
    this.#shown.set(path, found);
    return true;
  }
}
