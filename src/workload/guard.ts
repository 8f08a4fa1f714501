import { abortable } from "../async/abortable.ts";
import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import {
  decodeOrder,
  encodeLine,
  type EndCause,
  type GuardOrder,
  type GuardReport,
  type RunOrder,
} from "./guard_protocol.ts";
import { changesAt, type GuardEvent, type GuardState, nextGuardState } from "./guard_state.ts";
import { GuardedCommand } from "./guarded_command.ts";
import type { LineWriter } from "./line_writer.ts";
import { readLines } from "./lines.ts";
import { RotatingLog } from "./rotating_log.ts";
import { sweep, type SweptWorkload } from "./sweep.ts";
import { Sweeper, type Swept } from "./sweeper.ts";

export interface GuardOptions {
  /** The daemon's orders; their end means that the daemon is dead. */
  input: ReadableStream<Uint8Array>;
  /** Takes the reports. */
  output: LineWriter;
  logger: Logger;
  /** Called when the daemon is dead and nothing of the command lives any more. */
  afterDaemonDeath: () => Promise<void>;
}

// A timer that is set to more than 2^31 ms fires at once.
const MAX_TIMER_MS = 3_600_000;
const SWEEP_PAUSE_MS = 500;
const OUTPUT_LIMIT_MS = 1000;

/**
 * Runs one command for as long as the daemon lives and extends its deadline, and returns when nothing
 * of it is left. Nothing else than the daemon's death, its orders and the deadline ends a guard early,
 * but for the death of a process that it holds ready.
 */
export async function runGuard(options: GuardOptions): Promise<void> {
  await using sweeper = new Sweeper();
  const tools = await sweeper.prepare();
  const id = crypto.randomUUID();
  const workload = { id, cgroup: await sweeper.arm(id) };
  await using guard = new Guard({
    ...options,
    sweeper,
    workload,
    command: new GuardedCommand(workload, tools),
  });
  await guard.run();
}

interface Parts extends GuardOptions {
  sweeper: Sweeper;
  workload: SweptWorkload;
  command: GuardedCommand;
}

class Guard implements AsyncDisposable {
  readonly #options: Parts;
  readonly #over = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  readonly #daemonPid = Deno.ppid;
  #state: GuardState = { kind: "idle" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #output: Promise<void> = Promise.resolve();
  #leftovers: number | undefined = 0;
  #isDaemonGone = false;

  constructor(options: Parts) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { input, output, logger, workload, afterDaemonDeath } = this.#options;
    output.broken.addEventListener("abort", () => this.#daemonGone());
    this.#inBackground(this.#watchHelpers());
    this.#report({ kind: "ready", workloadId: workload.id, cgroup: workload.cgroup });
    this.#inBackground(this.#obey(input));
    await this.#over.promise;
    if (!this.#isDaemonGone) return;
    if (this.#leftovers === 0) await afterDaemonDeath();
    else logger.error("the session is kept: nobody knows what is left of the command");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    const signal = AbortSignal.timeout(OUTPUT_LIMIT_MS);
    await abortable(this.#output, signal).catch(() => {});
    await abortable(this.#options.output.flushed(), signal).catch(() => {});
  }

  async #obey(input: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const line of readLines(input)) this.#take(line);
    } catch (error) {
      this.#options.logger.error("cannot read the daemon's orders", { error: error as Error });
    }
    this.#daemonGone();
  }

  #take(line: string): void {
    this.#happened({ kind: "time-passed" });
    try {
      this.#follow(decodeOrder(line));
    } catch (error) {
      this.#options.logger.error("cannot follow an order", { error: error as Error });
    }
  }

  #follow(order: GuardOrder): void {
    switch (order.kind) {
      case "clock":
        return this.#report({ kind: "clock", id: order.id, now: performance.now() });
      case "run":
        if (this.#state.kind !== "idle") throw new Error("A guard runs one command only");
        return this.#run(order);
      case "deadline":
        return this.#happened({ kind: "deadline", deadline: order.deadline ?? Infinity });
      case "signal":
        if (this.#state.kind === "idle") return;
        return this.#options.command.signal(order.signal as Deno.Signal);
      case "stop":
        return this.#happened(order);
    }
  }

  #run(order: RunOrder): void {
    // The end of the orders may not have been read yet, and the session be released already: this
    // process may have been frozen meanwhile.
    if (Deno.ppid !== this.#daemonPid) return this.#daemonGone();
    const { stopGraceMs, deadline } = order;
    // The state is ahead of the deed, so that time is looked at right before it.
    this.#happened({ kind: "run", lease: { deadline: deadline ?? Infinity, stopGraceMs } });
    if (this.#state.kind === "running") this.#inBackground(this.#start(order));
  }

  /** Ends an idle guard that could not run a command any more, or not kill it. */
  async #watchHelpers(): Promise<void> {
    const { command, sweeper, workload, logger } = this.#options;
    await Promise.race([command.status, sweeper.ended]);
    if (this.#state.kind !== "idle") return;
    logger.error("a process that stood by has ended");
    // The sweeper may be the one that ended.
    await sweep(workload);
    this.#happened({ kind: "helper-gone" });
  }

  #daemonGone(): void {
    this.#isDaemonGone = true;
    this.#happened({ kind: "daemon-gone" });
  }

  /** The only place where the state changes: what a new state asks for is done before anything else. */
  #happened(event: GuardEvent): void {
    const before = this.#state;
    this.#state = nextGuardState(before, event, performance.now());
    if (this.#state.kind !== before.kind) this.#enter(this.#state);
    clearTimeout(this.#timer);
    const waitMs = changesAt(this.#state) - performance.now();
    if (waitMs === Infinity) return;
    const wake = () => this.#happened({ kind: "time-passed" });
    this.#timer = setTimeout(wake, Math.min(Math.max(waitMs, 0), MAX_TIMER_MS));
  }

  #enter(state: GuardState): void {
    switch (state.kind) {
      case "terminating":
        this.#signal((command) => command.terminate());
        if (state.cause === "deadline") this.#report({ kind: "expiring" });
        return;
      case "killing":
        this.#signal((command) => command.kill());
        return this.#inBackground(this.#finish(state.cause));
      case "over":
        if (state.reason === "lease-over") this.#refuse("The lease ends within the stop grace");
        return this.#over.resolve();
    }
  }

  #signal(act: (command: GuardedCommand) => void): void {
    try {
      act(this.#options.command);
    } catch (error) {
      // It became another user's. All else must go on.
      this.#options.logger.error("cannot signal the command", { error: error as Error });
    }
  }

  async #start(order: RunOrder): Promise<void> {
    const { command } = this.#options;
    const outcome = await command.run(order).catch((error: Error) => error);
    if (outcome instanceof Error) return this.#cannotStart(outcome.message, false);
    if (outcome.kind === "refused") return this.#cannotStart(outcome.problem, true);
    if (outcome.kind === "gone") {
      return this.#cannotStart("Cannot start the command: its process ended", false);
    }
    this.#report({ kind: "started", pid: command.pid });
    this.#output = this.#keepOutput(order, command.output()).catch((error) =>
      this.#options.logger.error("cannot read the command's output", { error })
    );
    await command.status;
    this.#happened({ kind: "exited" });
  }

  #refuse(error: string): void {
    this.#report({ kind: "not-started", error, isPermanent: false });
  }

  async #cannotStart(error: string, isPermanent: boolean): Promise<void> {
    await this.#options.command.status;
    // Where it was killed meanwhile, the report of its end follows.
    if (this.#state.kind === "killing" || this.#state.kind === "over") return;
    this.#report({ kind: "not-started", error, isPermanent });
    this.#happened({ kind: "not-started" });
  }

  async #keepOutput(order: RunOrder, output: AsyncIterable<Uint8Array>): Promise<void> {
    const { logFile, logMaxBytes: maxBytes, logKept: kept } = order;
    const onTrouble = (error: Error | undefined) => {
      if (error === undefined) this.#options.logger.info("the command's output is kept again");
      else this.#options.logger.error("the command's output is lost", { logFile, error });
    };
    await using log = new RotatingLog(logFile, { maxBytes, kept, onTrouble });
    for await (const bytes of output) await log.write(bytes);
  }

  /** After the kill: reports the end as soon as nothing of the command can act any more. */
  async #finish(cause: EndCause): Promise<void> {
    const [{ code, signal }, swept] = await Promise.all([
      this.#options.command.status,
      this.#sweep(),
    ]);
    const { killed, left } = swept;
    if (killed > 0) this.#options.logger.info("processes of the command were killed", { killed });
    if (left === undefined) this.#options.logger.error("cannot look for processes of the command");
    this.#report({
      kind: "ended",
      code: signal === null ? code : null,
      signal,
      cause,
      leftovers: left ?? null,
    });
    this.#leftovers = left;
    while (this.#leftovers) {
      this.#options.logger.error("processes cannot be killed", { left: this.#leftovers });
      this.#leftovers = (await this.#sweep()).left;
    }
    this.#happened({ kind: "ended" });
  }

  /** Uses the sweeper that stands by, or else, since only death can keep that from it, new ones. */
  async #sweep(): Promise<Swept> {
    let attempt = this.#options.sweeper.kill();
    for (;;) {
      try {
        return await attempt;
      } catch (error) {
        this.#options.logger.error("leftovers cannot be killed yet", { error: error as Error });
      }
      await delay(SWEEP_PAUSE_MS, { signal: this.#closing.signal });
      attempt = sweep(this.#options.workload);
    }
  }

  #report(report: GuardReport): void {
    this.#options.output.write(encodeLine(report));
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error) => this.#over.reject(error));
  }
}
