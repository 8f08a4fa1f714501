import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import type {
  LeaderPlace,
  StateCall,
  StateCalls,
  StateCollection,
  StateEntry,
  StateExpectation,
  StateListing,
  StateVersion,
} from "../../http/state_calls.ts";
import type { Entry } from "../../state/entry.ts";
import { isStateError, StateError } from "../../state/errors.ts";
import type { StateReader } from "../../state/state_reader.ts";
import type { Bytes } from "../../storage/storage.ts";
import { notLeading, toCallError } from "./state_failure.ts";
import type { StateTerm } from "./state_term.ts";

export interface StateApiOptions {
  /** The leadership that is held here, if any. */
  term: () => StateTerm | undefined;
  /** Reads where no leadership is held. */
  openReader: (
    signal: AbortSignal,
  ) => Promise<Pick<StateReader, "list" | "get" | "history" | "follow">>;
  leader: () => LeaderPlace | null;
  /** Aborts when this master stops. */
  stopping: AbortSignal;
}

/** How long a read may wait for ZooKeeper and for the first bytes of a content. */
const READ_LIMIT_MS = 30_000;

/** Answers the state API: reads anywhere, writes under the leadership that is held here. */
export class StateApi implements StateCalls {
  readonly #options: StateApiOptions;

  constructor(options: StateApiOptions) {
    this.#options = options;
  }

  list(call: StateCall): Promise<StateListing> {
    return this.#read(call, (reader, signal) => reader.list({ signal }));
  }

  describe(name: string, call: StateCall & { version?: bigint }): Promise<StateEntry> {
    return this.#read(call, async (reader, signal) => {
      const versions = await reader.history(name, { signal });
      const found = call.version === undefined
        ? versions[0]
        : versions.find(({ version }) => version === call.version);
      if (found !== undefined) return { name, ...found };
      throw new StateError("not-found", `There is no version ${call.version} of ${name}`);
    });
  }

  async get(
    name: string,
    call: StateCall & { version?: bigint },
  ): Promise<{ entry: StateEntry; content: Bytes }> {
    const { version } = call;
    const term = this.#termOf(call);
    const { entry, content } = await this.#read(call, async (reader, signal) => {
      try {
        return await reader.get(name, { version, signal });
      } catch (error) {
        const isNewest = version === undefined;
        if (isNewest && isStateError(error, "broken")) {
          term?.foundBroken({ name, problem: error.message });
        }
        throw error;
      }
    });
    return { entry, content: this.#told(content, entry, term) };
  }

  history(name: string, call: StateCall): Promise<StateVersion[]> {
    return this.#read(call, (reader, signal) => reader.history(name, { signal }));
  }

  async *follow(
    name: string,
    call: StateCall,
  ): AsyncGenerator<StateEntry | undefined, void, void> {
    const term = call.leaderSessionId === "current" ? undefined : this.#termOf(call);
    const over = term === undefined ? [] : [term.over];
    using either = new AnySignal([call.signal, this.#options.stopping, ...over]);
    try {
      const reader = await this.#reader(call, either.signal);
      yield* reader.follow(name, { signal: either.signal });
    } catch (error) {
      throw either.signal.aborted ? error : this.#failure(error);
    }
  }

  async put(
    name: string,
    content: Bytes,
    call: StateCall & { expect?: StateExpectation },
  ): Promise<{ entry: StateEntry; isNew: boolean }> {
    const source = new Source(content);
    const { expect } = call;
    return await this.#write(
      call,
      (term) => term.put(name, source.pieces(), { expect }),
    ).catch((error) => {
      throw source.failure?.error ?? error;
    });
  }

  delete(name: string, call: StateCall & { expect?: StateExpectation }): Promise<void> {
    const { expect } = call;
    return this.#write(call, (term) => term.delete(name, { expect }));
  }

  collect(
    { graceMs, isDryRun, ...call }: StateCall & { graceMs?: number; isDryRun: boolean },
  ): Promise<StateCollection> {
    return this.#write(call, (term) => term.collect({ graceMs, isDryRun }));
  }

  async #read<T>(
    call: StateCall,
    read: (
      reader: Pick<StateReader, "list" | "get" | "history">,
      signal: AbortSignal,
    ) => Promise<T>,
  ): Promise<T> {
    try {
      return await withLimit(async (signal) => read(await this.#reader(call, signal), signal), {
        act: "Reading the state",
        timeoutMs: READ_LIMIT_MS,
        signal: call.signal,
      });
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async #write<T>(call: StateCall, write: (term: StateTerm) => Promise<T>): Promise<T> {
    const term = this.#termOf(call);
    if (term === undefined || !term.isHeld()) throw notLeading(this.#leaderAfter(term));
    try {
      return await write(term);
    } catch (error) {
      throw toCallError(error, { leader: this.#leaderAfter(term), over: term.over });
    }
  }

  /** Who else leads: what this master published of itself may outlast its leadership by a moment. */
  #leaderAfter(term: StateTerm | undefined): LeaderPlace | null {
    const leader = this.#options.leader();
    return leader?.leaderSessionId === term?.leaderSessionId ? null : leader;
  }

  async #reader(
    call: StateCall,
    signal: AbortSignal,
  ): Promise<Pick<StateReader, "list" | "get" | "history" | "follow">> {
    return this.#termOf(call)?.reader ?? await this.#options.openReader(signal);
  }

  /** @throws {StateCallError} `not-leading` if the caller believes in a leadership that is not held here */
  #termOf({ leaderSessionId }: StateCall): StateTerm | undefined {
    const term = this.#options.term();
    if (leaderSessionId === "current") return term;
    if (term !== undefined && leaderSessionId === term.leaderSessionId && term.isHeld()) {
      return term;
    }
    throw notLeading(this.#options.leader());
  }

  #failure(error: unknown): unknown {
    return toCallError(error, { leader: this.#options.leader() });
  }

  async *#told(
    content: Bytes,
    entry: Entry,
    term: StateTerm | undefined,
  ): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* content;
    } catch (error) {
      if (isStateError(error, "broken")) await term?.provedBroken(entry, error.message);
      throw this.#failure(error);
    }
  }
}

/** A content from a caller: that it breaks off is no failure of the storage it was on its way to. */
class Source {
  readonly #content: Bytes;
  failure: { error: unknown } | undefined;

  constructor(content: Bytes) {
    this.#content = content;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#content;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
