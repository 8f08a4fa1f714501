import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import type { StateConfiguration } from "../../config/state_configuration.ts";
import type { Leadership } from "../../election/leadership.ts";
import type { StateStatus } from "../../http/status.ts";
import type { Logger } from "../../log/logger.ts";
import type { Collection } from "../../state/collector.ts";
import type { BrokenEntry, Entry, Expectation } from "../../state/entry.ts";
import { isStateError } from "../../state/errors.ts";
import type { Recovery } from "../../state/recovery.ts";
import type { StateStore } from "../../state/state_store.ts";
import type { Bytes, Storage } from "../../storage/storage.ts";
import { isHeld } from "../role.ts";
import { describeHealth, nextHealth, type StateEvent, type StateHealth } from "./state_health.ts";
import { keepUp, type KeptState, UPKEEP_TIMES, type UpkeepTimes } from "./upkeep.ts";

export interface StateTermOptions {
  leadership: Pick<Leadership, "leaderSessionId" | "lost" | "deadline">;
  store: TermStore;
  storage: Pick<Storage, "write" | "delete">;
  configuration: StateConfiguration;
  logger: Logger;
  times?: UpkeepTimes;
  /** Told of each failure of the storage; must not throw. */
  onStorageFailure?: () => void;
  /** Told whenever what is known of the state is of another kind; must not throw. */
  onChange?: (status: StateStatus) => void;
}

export type TermStore = Pick<
  StateStore,
  "reader" | "put" | "delete" | "recover" | "collect" | typeof Symbol.asyncDispose
>;

/** Whether a leader may go on to its work. */
export type RecoveryOutcome =
  | { kind: "recovered" }
  /** Leadership ended, or this master stops. */
  | { kind: "interrupted" }
  /** Another master should try to lead. */
  | { kind: "refused"; reason: string };

/** How long the end of a term waits for writes under way; the fence holds without that. */
const CLOSE_LIMIT_MS = 2000;
const EXAMINE_LIMIT_MS = 60_000;

/** The state in the hands of one leadership: what is known of it, and what is done for it. */
export class StateTerm implements KeptState, AsyncDisposable {
  readonly #options: StateTermOptions;
  readonly #health = new LatestValue<StateHealth>({ kind: "recovering" });
  readonly #closing = new AbortController();
  readonly #over: AnySignal;

  constructor(options: StateTermOptions) {
    this.#options = options;
    this.#over = new AnySignal([options.leadership.lost, this.#closing.signal]);
  }

  get leaderSessionId(): string {
    return this.#options.leadership.leaderSessionId;
  }

  get reader(): TermStore["reader"] {
    return this.#options.store.reader;
  }

  get status(): StateStatus {
    return describeHealth(this.#health.value);
  }

  /** Aborts when nothing may be done under this leadership any more. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  isHeld(): boolean {
    return !this.over.aborted && isHeld(this.#options.leadership);
  }

  /**
   * Looks at what former leaders left, before anything is done with it. Refuses to lead if an entry that
   * is required cannot be recovered, or nobody can tell; one that does not exist yet is no such entry.
   */
  async recover(signal: AbortSignal): Promise<RecoveryOutcome> {
    const { configuration: { required, recoverTimeoutMs }, logger } = this.#options;
    try {
      const recovery = await this.#look(required, { limitMs: recoverTimeoutMs, signal });
      for (const name of recovery.missing) {
        logger.warn("a required entry of the state does not exist yet", { name });
      }
      const lost = recovery.broken.find(({ name }) => required.includes(name));
      if (lost === undefined) return { kind: "recovered" };
      return { kind: "refused", reason: `the state lacks what is required: ${lost.problem}` };
    } catch (error) {
      if (signal.aborted) return { kind: "interrupted" };
      this.#happened({ kind: "storage-failed", message: (error as Error).message });
      logger.error("the state cannot be recovered", { error: error as Error });
      if (required.length === 0) return { kind: "recovered" };
      const names = required.join(", ");
      const reason = `whether the state has what is required (${names}) cannot be told: ` +
        (error as Error).message;
      return { kind: "refused", reason };
    }
  }

  /** Does a leader's work, and upkeep as long as that goes on. */
  async duringUpkeep<T>(work: () => Promise<T>): Promise<T> {
    const { logger, times = UPKEEP_TIMES } = this.#options;
    let end: { value: T } | undefined;
    await runTogether([
      async () => {
        end = { value: await work() };
      },
      (signal) => keepUp(this, { times, logger }, signal),
    ], this.over);
    return end!.value;
  }

  async put(
    name: string,
    content: Bytes,
    options: { expect?: Expectation },
  ): Promise<{ entry: Entry; isNew: boolean }> {
    const { maxBytes } = this.#options.configuration;
    return await this.#watched(`write ${name}`, async () => {
      const written = await this.#options.store.put(name, content, {
        ...options,
        maxBytes,
        signal: this.over,
      });
      this.#happened({ kind: "written", name, isNew: written.isNew });
      return written;
    });
  }

  async delete(name: string, options: { expect?: Expectation }): Promise<void> {
    await this.#watched(`delete ${name}`, async () => {
      await this.#options.store.delete(name, { ...options, signal: this.over });
      this.#happened({ kind: "deleted", name });
    });
  }

  async collect(
    options: { graceMs?: number; isDryRun?: boolean } = {},
  ): Promise<Collection> {
    const { graceMs = this.#options.configuration.collectGraceMs, isDryRun = false } = options;
    return await this.#options.store.collect({ graceMs, isDryRun, signal: this.over });
  }

  /** What is known to be broken is read again: it may have been repaired. */
  async examine(): Promise<void> {
    const { value } = this.#health;
    const broken = value.kind === "known" ? value.broken.map(({ name }) => name) : [];
    await this.#look(broken, { limitMs: EXAMINE_LIMIT_MS, signal: this.over, thenTry: true });
  }

  isInDoubt(): boolean {
    return isInDoubt(this.#health.value);
  }

  knowsBroken(): boolean {
    const { value } = this.#health;
    return value.kind === "known" && value.broken.length > 0;
  }

  async untilInDoubt(options: { signal: AbortSignal }): Promise<void> {
    await this.#health.until(isInDoubt, options);
  }

  foundBroken(broken: BrokenEntry): void {
    const { name, problem } = broken;
    this.#options.logger.error("an entry of the state is broken", { name, problem });
    this.#happened({ kind: "found-broken", broken });
  }

  failed(act: string, error: unknown): void {
    this.#options.logger.warn("upkeep of the state failed", { act, error: error as Error });
    this.#note(error);
  }

  /** A content proved broken while somebody read it: unless it was replaced meanwhile, it is named. */
  async provedBroken({ name, version }: Entry, problem: string): Promise<void> {
    const versions = await this.reader.history(name, { signal: this.over }).catch(() => []);
    if (versions[0]?.version === version) this.foundBroken({ name, problem });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { store, logger } = this.#options;
    this.#closing.abort(new Error("This leadership is over"));
    try {
      await withLimit(() => store[Symbol.asyncDispose](), {
        act: "Waiting for writes of the state",
        timeoutMs: CLOSE_LIMIT_MS,
      });
    } catch (error) {
      logger.warn("writes of the state are left to their fence", { error: error as Error });
    }
  }

  async #look(
    required: readonly string[],
    { limitMs, thenTry, signal }: { limitMs: number; thenTry?: boolean; signal: AbortSignal },
  ): Promise<Recovery> {
    const recovery = await withLimit(async (signal) => {
      const found = await this.#options.store.recover({ required, signal });
      if (thenTry) await this.#tryStorage(signal);
      return found;
    }, { act: "Looking through the state", timeoutMs: limitMs, signal });
    const { value } = this.#health;
    const known = value.kind === "known" ? value.broken.map(({ name }) => name) : [];
    for (const { name, problem } of recovery.broken) {
      if (known.includes(name)) continue;
      this.#options.logger.error("an entry of the state is broken", { name, problem });
    }
    this.#happened({ kind: "recovered", recovery });
    return recovery;
  }

  /** Reading works on a disk that is full, too. */
  async #tryStorage(signal: AbortSignal): Promise<void> {
    const name = `trial-${crypto.randomUUID()}`;
    await this.#options.storage.write(name, oneByte(), { signal });
    await this.#options.storage.delete(name, { signal });
  }

  async #watched<T>(act: string, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (this.#note(error)) {
        this.#options.logger.error("the storage of the state failed", {
          act,
          error: error as Error,
        });
      }
      throw error;
    }
  }

  #note(error: unknown): boolean {
    const isOfStorage = isStateError(error, "storage", "wrong-storage");
    if (isOfStorage) this.#happened({ kind: "storage-failed", message: error.message });
    return isOfStorage;
  }

  #happened(event: StateEvent): void {
    if (event.kind === "storage-failed") this.#options.onStorageFailure?.();
    const before = this.status.kind;
    this.#health.set(nextHealth(this.#health.value, event));
    const after = this.status;
    if (after.kind === before) return;
    this.#options.onChange?.(after);
    const { entries, brokenCount } = after;
    const fields = { entries: entries ?? undefined, broken: brokenCount };
    if (after.kind === "degraded") this.#options.logger.warn("the state is degraded", fields);
    else this.#options.logger.info("the state is healthy", fields);
  }
}

function isInDoubt(health: StateHealth): boolean {
  return health.kind !== "recovering" && health.lastError !== undefined;
}

async function* oneByte(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array([0x0a]);
}
