import { LatestValue } from "../../../src/async/latest_value.ts";
import {
  decodeOrder,
  encodeLine,
  type GuardOrder,
  type GuardReport,
} from "../../../src/workload/guard_protocol.ts";
import type { GuardProcess } from "../../../src/workload/guard_process.ts";
import type { GuardSystem } from "../../../src/workload/guard_system.ts";
import { readLines } from "../../../src/workload/lines.ts";
import type { Term } from "../../../src/workload/command_options.ts";

export const LIMIT = { signal: new AbortController().signal };
const FIRST_PID = 1_000_000_000;

/** How far the clock of a fake guard is ahead of this process's. */
export const CLOCK_AHEAD_MS = 1_000_000;

/** A guard that lives in memory and does what the test says. */
export class FakeGuard implements GuardProcess {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly orders: GuardOrder[] = [];
  /** A frozen guard hears nothing until it goes on. */
  readonly isFrozen = new LatestValue(false);
  readonly hearing: Promise<void>;
  answersQuestions = true;
  readonly #system: FakeSystem;
  readonly #status = Promise.withResolvers<Deno.CommandStatus>();
  readonly #count = new LatestValue(0);
  #reports!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #isDead = false;
  #isHeard = true;

  constructor(system: FakeSystem, pid: number) {
    this.#system = system;
    this.pid = pid;
    let orders: ReadableStreamDefaultController<Uint8Array>;
    const heard = new ReadableStream<Uint8Array>({
      start: (controller) => void (orders = controller),
    });
    this.stdin = new WritableStream({
      write: (chunk) => orders.enqueue(chunk),
      abort: (reason) => orders.error(reason),
    });
    this.stdout = new ReadableStream({
      start: (controller) => void (this.#reports = controller),
      cancel: () => void (this.#isHeard = false),
    });
    this.hearing = this.#hear(heard);
    this.report({ kind: "ready", workloadId: `${pid}`, cgroup: "/cgroup" });
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#status.promise;
  }

  kill(): void {
    if (this.#isDead) throw new TypeError("Child process has already terminated");
    this.#system.events.push(`guard ${this.pid - FIRST_PID} killed`);
    this.end();
  }

  report(report: GuardReport): void {
    this.write(encodeLine(report));
  }

  write(text: string): void {
    if (!this.#isDead && this.#isHeard) this.#reports.enqueue(new TextEncoder().encode(text));
  }

  /** The process ends; a pipe that another holds as well stays open. */
  end(options: { closesPipe: boolean } = { closesPipe: true }): void {
    if (this.#isDead) return;
    this.#isDead = true;
    if (options.closesPipe && this.#isHeard) this.#reports.close();
    this.#status.resolve({ success: false, code: 137, signal: "SIGKILL" });
  }

  /** The first order, past or to come, of this kind. */
  async order<K extends GuardOrder["kind"]>(kind: K): Promise<Extract<GuardOrder, { kind: K }>> {
    const find = () => this.orders.find((order) => order.kind === kind);
    await this.#count.until(() => find() !== undefined, LIMIT);
    return find() as Extract<GuardOrder, { kind: K }>;
  }

  /** Resolves when it was asked for its clock so often. */
  async asked(times: number): Promise<void> {
    const questions = () => this.orders.filter(({ kind }) => kind === "clock").length;
    await this.#count.until(() => questions() >= times, LIMIT);
  }

  #answer(id: number): void {
    this.report({ kind: "clock", id, now: performance.now() + CLOCK_AHEAD_MS });
  }

  async #hear(stdin: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const line of readLines(stdin)) {
        await this.isFrozen.until((frozen) => !frozen, LIMIT);
        this.#take(decodeOrder(line));
      }
    } catch {
      return; // The daemon's end of the pipe is gone.
    }
  }

  #take(order: GuardOrder): void {
    this.orders.push(order);
    if (order.kind !== "clock") this.#system.onOrder(order, this);
    else if (this.answersQuestions) this.#answer(order.id);
    this.#count.set(this.orders.length);
  }
}

/** A host whose guards are fakes; what is done to it is written down in order. */
export class FakeSystem implements GuardSystem {
  /** Time that passes at once for the daemon. */
  skippedMs = 0;
  readonly events: string[] = [];
  readonly guards: FakeGuard[] = [];
  readonly #count = new LatestValue(0);
  /** What a guard does with an order; one that starts the command and stops it unless told. */
  onOrder: (order: GuardOrder, guard: FakeGuard) => void = obey;
  onSpawn: (guard: FakeGuard) => void = () => {};
  onSweep: () => Promise<{ killed: number; left: number }> = () =>
    Promise.resolve({ killed: 0, left: 0 });
  limits = {
    readyMs: 5000,
    answerMs: 5000,
    questionIntervalMs: 5,
    killSlackMs: 5,
    sweepMs: 5000,
    pauses: { initialMs: 1, maxMs: 2 },
  };

  readonly now = (): number => performance.now() + this.skippedMs;

  spawn(): FakeGuard {
    const guard = new FakeGuard(this, FIRST_PID + this.guards.length);
    this.guards.push(guard);
    this.onSpawn(guard);
    this.#count.set(this.guards.length);
    return guard;
  }

  openGroup(pid: number) {
    return {
      kill: () => {
        this.events.push(`group ${pid} killed`);
        return Promise.resolve();
      },
    };
  }

  sweep(workload: { id: string; cgroup?: string }) {
    this.events.push(`swept ${workload.cgroup ?? "without cgroup"}`);
    return this.onSweep();
  }

  /** The guard that was started as the `index`-th, as soon as it was. */
  async guard(index: number): Promise<FakeGuard> {
    await this.#count.until((count) => count > index, LIMIT);
    return this.guards[index]!;
  }
}

/** Starts the command as process 42 and ends it when told; then the guard ends as well. */
export function obey(order: GuardOrder, guard: FakeGuard): void {
  if (order.kind === "run") guard.report({ kind: "started", pid: 42 });
  if (order.kind === "stop") endCommand(guard, { cause: "stop" });
}

/** The guard reports the end of its command and ends. */
export function endCommand(
  guard: FakeGuard,
  end: Partial<Extract<GuardReport, { kind: "ended" }>> = {},
): void {
  guard.report({ kind: "ended", code: 0, signal: null, cause: "exit", leftovers: 0, ...end });
  guard.end();
}

/** A term that the test prolongs. */
export class FakeTerm implements Term {
  readonly environment = { MASTERD_EPOCH: "7" };
  readonly listeners = new Set<() => void>();
  #deadline: number;

  constructor(deadline = Infinity) {
    this.#deadline = deadline;
  }

  deadline(): number {
    return this.#deadline;
  }

  renew(deadline: number): void {
    this.#deadline = deadline;
    for (const listener of this.listeners) listener();
  }

  onRenewal(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
