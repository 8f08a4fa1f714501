import type { Expectation } from "../../../src/state/entry.ts";
import { isStateError, StateError, type StateErrorKind } from "../../../src/state/errors.ts";
import { drain } from "../../../src/state/verified_content.ts";
import type { RandomSource } from "../election/random_source.ts";
import { type PutRecord, sha256Of } from "./state_history.ts";
import type { ModelledLeader, StateModel } from "./state_model.ts";

const NAMES = ["a", "b", "c"];
const FOREVER = new AbortController().signal;

/** What may happen to a write without any fault of ours. */
const WRITE_FAILURES: StateErrorKind[] = [
  "not-leading",
  "unknown-outcome",
  "version-mismatch",
  "storage",
  "unavailable",
];

/** Random work for the leaders of a model, and what each piece of it was told. */
export class StateWorkload {
  readonly #model: StateModel;
  readonly #random: RandomSource;
  readonly #underWay = new Set<string>();
  readonly #refused: { put: PutRecord; why: string }[] = [];
  readonly #puts: PutRecord[] = [];
  readonly #deletions = new Map<
    string,
    { name: string; session: bigint; done: number; open: number }
  >();
  #count = 0;

  constructor(model: StateModel, random: RandomSource) {
    this.#model = model;
    this.#random = random;
  }

  /** What did not come to an end. */
  get hanging(): string[] {
    return [...this.#underWay];
  }

  readonly begin = (leader: ModelledLeader): void => {
    const name = NAMES[this.#random.below(NAMES.length)]!;
    const act = this.#choose(leader, name);
    const label = `${++this.#count} ${act.name} of ${leader.latch}`;
    this.#underWay.add(label);
    act.run().catch((error) => {
      this.#model.history.require(false, `${label} failed: ${Deno.inspect(error)}`);
    }).finally(() => this.#underWay.delete(label));
  };

  /** What can be told only once nothing comes any more. */
  check(): void {
    const { history } = this.#model;
    for (const { put, why } of this.#refused) history.requireNotWritten(put, why);
    for (const put of this.#puts) history.requireExpected(put);
    for (const { name, session, done, open } of this.#deletions.values()) {
      history.requireDeletions(name, session, done, open);
    }
  }

  #choose(leader: ModelledLeader, name: string): { name: string; run: () => Promise<void> } {
    switch (this.#random.below(12)) {
      case 0:
        return { name: "delete", run: () => this.#delete(leader, name) };
      case 1:
        return { name: "collect", run: () => this.#collect(leader) };
      case 2:
      case 3:
        return { name: "get", run: () => this.#get(leader, name) };
      case 4:
        return { name: "list", run: () => this.#list(leader) };
      case 5:
        return { name: "recover", run: () => this.#recover(leader) };
      default:
        return { name: "put", run: () => this.#put(leader, name) };
    }
  }

  async #put(leader: ModelledLeader, name: string): Promise<void> {
    const bytes = new TextEncoder().encode(`content ${++this.#count}`);
    const put: PutRecord = {
      name,
      sha256: sha256Of(bytes),
      expect: this.#expectation(name),
      from: this.#model.now,
      until: Infinity,
    };
    this.#puts.push(put);
    try {
      const { expect } = put;
      const { entry, isNew } = await leader.store.put(name, pieces(bytes), {
        expect,
        signal: FOREVER,
      });
      put.until = this.#model.now;
      this.#model.history.requireWritten(put, { version: entry.version, isNew });
    } catch (error) {
      put.until = this.#model.now;
      this.#requireFailure(leader, error);
      this.#refusedWrite(put, error);
    }
  }

  // As long as somebody leads, every write is settled.
  #requireFailure(leader: ModelledLeader, error: unknown): asserts error is StateError {
    if (!isStateError(error, "not-found", ...WRITE_FAILURES)) throw error;
    const { zk: { session }, lost } = leader;
    const isOver = !this.#model.leads(leader) || lost.signal.aborted;
    if (isStateError(error, "unknown-outcome", "not-leading")) {
      this.#model.history.require(isOver, `session ${session} leads, and was told ${error.kind}`);
    }
    if (isStateError(error, "unavailable")) {
      const isEnded = this.#model.ensemble.isEnded(session);
      this.#model.history.require(isEnded, `session ${session} lives, and was told ${error.kind}`);
    }
  }

  #refusedWrite(put: PutRecord, error: StateError): void {
    if (error.kind !== "unknown-outcome") this.#refused.push({ put, why: error.kind });
    if (error.kind !== "version-mismatch") return;
    this.#model.history.requireMismatch(put);
    this.#model.history.requireSeen(put.name, error.version, put);
  }

  async #delete(leader: ModelledLeader, name: string): Promise<void> {
    const { store, zk: { session } } = leader;
    const key = `${name} ${session}`;
    const count = this.#deletions.get(key) ?? { name, session, done: 0, open: 0 };
    this.#deletions.set(key, count);
    count.open += 1;
    const from = this.#model.now;
    try {
      await store.delete(name, { signal: FOREVER });
      count.open -= 1;
      count.done += 1;
      this.#model.history.requireSeen(name, undefined, { from, until: this.#model.now });
    } catch (error) {
      this.#requireFailure(leader, error);
      if (error.kind !== "unknown-outcome") count.open -= 1;
      if (error.kind !== "not-found") return;
      this.#model.history.requireSeen(name, undefined, { from, until: this.#model.now });
    }
  }

  async #get(leader: ModelledLeader, name: string): Promise<void> {
    const from = this.#model.now;
    try {
      const { entry, content } = await leader.store.reader.get(name, { signal: FOREVER });
      this.#requireSeen(leader, name, entry.version, from);
      await drain(content);
    } catch (error) {
      if (isStateError(error, "not-found")) this.#requireSeen(leader, name, undefined, from);
      else if (!isStateError(error, "storage", "unavailable")) throw error;
    }
  }

  async #list(leader: ModelledLeader): Promise<void> {
    const from = this.#model.now;
    try {
      const { entries, broken } = await leader.store.reader.list({ signal: FOREVER });
      this.#model.history.require(broken.length === 0, `broken: ${Deno.inspect(broken)}`);
      for (const name of NAMES) {
        const entry = entries.find((entry) => entry.name === name);
        this.#requireSeen(leader, name, entry?.version, from);
      }
    } catch (error) {
      if (!isStateError(error, "unavailable")) throw error;
    }
  }

  async #recover({ store }: ModelledLeader): Promise<void> {
    try {
      const { broken } = await store.recover({ required: ["a"], signal: FOREVER });
      const isDamaged = broken.some(({ problem }) => !/Cannot read: (denied|failed)/.test(problem));
      this.#model.history.require(!isDamaged, `broken: ${Deno.inspect(broken)}`);
    } catch (error) {
      if (!isStateError(error, "storage", "unavailable", "not-leading")) throw error;
    }
  }

  async #collect({ store }: ModelledLeader): Promise<void> {
    try {
      await store.collect({ graceMs: 0, isDryRun: false, signal: FOREVER });
    } catch (error) {
      if (!(error instanceof StateError) || isStateError(error, "broken")) throw error;
    }
  }

  // Whoever has lost the latch node may still see what was right then.
  #requireSeen(
    leader: ModelledLeader,
    name: string,
    version: bigint | undefined,
    from: number,
  ): void {
    if (!this.#model.leads(leader)) return;
    this.#model.history.requireSeen(name, version, { from, until: this.#model.now });
  }

  #expectation(name: string): Expectation | undefined {
    const version = this.#model.history.current(name);
    switch (this.#random.below(6)) {
      case 0:
        return "absent";
      case 1:
        return "present";
      case 2:
        return version === undefined ? "absent" : { version };
      default:
        return undefined;
    }
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes.slice(0, 3);
  await Promise.resolve();
  yield bytes.slice(3);
}
