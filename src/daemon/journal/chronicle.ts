import { aborted } from "../../async/abortable.ts";
import type { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import type { Leadership } from "../../election/leadership.ts";
import type { Pause } from "../../election/pause.ts";
import type { JournalKind } from "../../http/cluster_document.ts";
import type { Role, StateStatus } from "../../http/status.ts";
import { describeError } from "../../log/logger.ts";
import type { FollowedValues, MasterObserver } from "../master_observer.ts";
import type { WorkerChange } from "../worker_registry.ts";
import type { Journal, JournalDetails } from "./journal.ts";
import {
  commandNote,
  connectionNote,
  leaderNote,
  type Note,
  pauseNote,
  roleNote,
} from "./notes.ts";
import { WorkerNotes } from "./worker_notes.ts";

export interface ChronicleOptions {
  journal: Journal;
  /** As others are told. */
  role: () => Role;
  /** The pause of failovers, if there is one. */
  pause: LatestValue<Pause | undefined>;
}

/** Writes into the journal what a master does and sees. */
export class Chronicle implements MasterObserver {
  readonly #options: ChronicleOptions;
  readonly #workers: WorkerNotes;
  #role: Role = "starting";
  #epoch = "";
  #state: StateStatus["kind"] | undefined;

  constructor(options: ChronicleOptions) {
    this.#options = options;
    this.#workers = new WorkerNotes(options.journal);
  }

  won({ epoch, lost, handover }: Leadership): void {
    this.#epoch = String(epoch);
    this.#note("role", { message: "won leadership", details: { epoch: this.#epoch } });
    handover.addEventListener("abort", () => {
      const message = `gives leadership back: ${describeError(handover.reason)}`;
      this.#note("switchover", { message });
    }, { once: true });
    lost.addEventListener("abort", () => {
      // It also ends by being given back, which is told as such.
      if (this.#role === "leader") {
        this.#note("role", { message: `lost leadership: ${describeError(lost.reason)}` });
      }
      this.moved();
    }, { once: true });
  }

  found(): void {
    this.moved();
  }

  moved(): void {
    const role = this.#options.role();
    if (role === this.#role) return;
    this.#role = role;
    this.#note("role", roleNote(role, this.#epoch));
  }

  workerChanged(change: WorkerChange): void {
    this.#workers.changed(change);
  }

  /** What a leader knows of the state that it keeps. */
  stateKnown({ kind, lastError }: StateStatus): void {
    if (kind === this.#state) return;
    this.#state = kind;
    const details: JournalDetails = lastError === undefined ? {} : { error: lastError };
    this.#note("state", { message: `the state is ${kind}`, details });
  }

  async follow(values: FollowedValues, signal: AbortSignal): Promise<void> {
    const { leader, connection, command } = values;
    const { pause } = this.#options;
    await runTogether([
      (signal) => this.#follow("leader", leader, leaderNote, signal),
      (signal) => this.#follow("connection", connection, connectionNote, signal),
      (signal) => command ? this.#follow("command", command, commandNote, signal) : aborted(signal),
      (signal) => this.#follow("pause", pause, pauseNote, signal),
      (signal) => this.#workers.run(signal),
    ], signal);
  }

  async #follow<T>(
    kind: JournalKind,
    value: LatestValue<T>,
    describe: (now: T, before: T | undefined) => Note | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let before: T | undefined;
    for await (const now of value.changes({ signal })) {
      const note = describe(now, before);
      if (note !== undefined) this.#note(kind, note);
      before = now;
    }
  }

  #note(kind: JournalKind, { message, details }: Note): void {
    this.#options.journal.note(kind, message, details);
  }
}
