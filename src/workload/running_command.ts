import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import { type CommandEnd, CommandStartError } from "./command_end.ts";
import type { Term } from "./command_options.ts";
import type { CommandReport, GuardLink } from "./guard_link.ts";
import type { RunOrder } from "./guard_protocol.ts";
import type { GuardSystem } from "./guard_system.ts";
import { killLeftovers } from "./leftovers.ts";
import type { SweptWorkload } from "./sweep.ts";

const NEVER_RAN: CommandEnd = {
  cause: "stop",
  code: null,
  signal: null,
  leftovers: 0,
  isGone: true,
};

/** A command that runs under a guard. */
export interface RunningCommand {
  /** Also the number of its process group. */
  readonly pid: number;
  /** What its processes carry as MASTERD_WORKLOAD_ID. */
  readonly workloadId: string;
  /** Resolves, and never rejects, when nothing of the command is alive, or `isGone` says false. */
  readonly ended: Promise<CommandEnd>;
  /** Sends a signal, such as "SIGHUP", to the command's own process. */
  signal(name: string): void;
  /** SIGTERM, SIGKILL after the grace or at the deadline; resolves when nothing of it is alive. */
  stop(graceMs?: number): Promise<CommandEnd>;
}

export interface SupervisedCommandOptions {
  link: GuardLink;
  /** What can be known of it by whoever has to kill it. */
  workload: SweptWorkload;
  system: GuardSystem;
  term: Term;
  /** All but the deadline, which is the term's. */
  order: Omit<RunOrder, "kind" | "deadline">;
  logger: Logger;
}

type Progress =
  | { kind: "starting" }
  | { kind: "running"; pid: number; group: { kill(logger: Logger): Promise<void> } }
  | { kind: "over" };

/** The one command of a guard: tells the guard what it must know, and does its work if it cannot. */
export class SupervisedCommand implements RunningCommand {
  readonly #options: SupervisedCommandOptions;
  readonly #started = Promise.withResolvers<number>();
  readonly #ended = Promise.withResolvers<CommandEnd>();
  readonly #over = new AbortController();
  #progress: Progress = { kind: "starting" };
  #pid = 0;
  #startableUntil = Infinity;
  #takingOver: Promise<void> | undefined;

  constructor(options: SupervisedCommandOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#pid;
  }

  get workloadId(): string {
    return this.workload.id;
  }

  get ended(): Promise<CommandEnd> {
    return this.#ended.promise;
  }

  /** What can be known of it by whoever has to kill it. */
  get workload(): SweptWorkload {
    return this.#options.workload;
  }

  /** Runs the command until nothing of it is left; resolves also if it never starts. */
  async run(): Promise<void> {
    const { link, order, term } = this.#options;
    this.#started.promise.catch(() => {});
    link.listen((report) => this.#hear(report));
    this.#startableUntil = term.deadline() - order.stopGraceMs;
    link.send({ ...order, kind: "run", deadline: link.toGuardTime(term.deadline()) });
    const unsubscribe = term.onRenewal(() => this.#renew());
    const onGone = () => void this.#takeOver("guard-died");
    link.gone.addEventListener("abort", onGone, { once: true });
    if (link.gone.aborted) onGone();
    try {
      await this.#watchGuard();
    } finally {
      unsubscribe();
      link.gone.removeEventListener("abort", onGone);
    }
  }

  /** Resolves when it runs; if the signal aborts before, it is stopped and this rejects. */
  async started(signal: AbortSignal): Promise<void> {
    const stop = () => void this.stop(0);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      await this.#started.promise;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    if (!signal.aborted) return;
    await this.stop(0);
    throw signal.reason;
  }

  signal(name: string): void {
    const send = () => this.#options.link.send({ kind: "signal", signal: name });
    // Before that its guard knows of no process to which it could pass it on.
    this.#started.promise.then(send, () => {});
  }

  async stop(graceMs: number = this.#options.order.stopGraceMs): Promise<CommandEnd> {
    const { link, system: { limits }, logger } = this.#options;
    if (this.#progress.kind === "over") return await this.ended;
    // The deadline may have come nearer without a word: then it limits the grace.
    this.#renew();
    link.send({ kind: "stop", graceMs });
    if (await this.#endsWithin(this.#timeToKill(graceMs + limits.killSlackMs))) return this.ended;
    // A guard that is merely slow loses nothing if the daemon kills what it was about to kill.
    if (this.#progress.kind === "running") await this.#progress.group.kill(logger);
    if (!await this.#endsWithin(limits.answerMs)) await this.#takeOver("guard-frozen");
    return await this.ended;
  }

  #renew(): void {
    const { link, term } = this.#options;
    link.send({ kind: "deadline", deadline: link.toGuardTime(term.deadline()) });
  }

  // The slack is the guard's, and not to be taken from the next leader: none after the deadline.
  #timeToKill(limitMs: number): number {
    const { term, system } = this.#options;
    return Math.max(0, Math.min(limitMs, term.deadline() - system.now()));
  }

  #hear(report: CommandReport): void {
    const { logger } = this.#options;
    switch (report.kind) {
      case "started":
        return this.#becomeRunning(report.pid);
      case "not-started":
        return this.#settle(this.#startError(report.error, report.isPermanent));
      case "expiring":
        return logger.warn("the lease is running out: the command was told to end", {
          pid: this.#pid,
        });
      case "ended": {
        const { code, signal, cause, leftovers } = report;
        const isGone = leftovers === 0;
        return this.#settle({ cause, code, signal, leftovers: leftovers ?? 0, isGone });
      }
    }
  }

  #becomeRunning(pid: number): void {
    if (this.#progress.kind !== "starting") return;
    this.#pid = pid;
    this.#progress = { kind: "running", pid, group: this.#options.system.openGroup(pid) };
    this.#options.logger.info("command started", { pid, workloadId: this.workloadId });
    this.#started.resolve(pid);
  }

  // The guard starts nothing that it would have to end at once, and says so in words only.
  #startError(message: string, isPermanent: boolean): CommandStartError {
    // What the guard refused for is what it knew when it was asked; there may be more time by now.
    const isLate = this.#options.system.now() >= this.#startableUntil;
    return new CommandStartError(message, {
      problem: isLate ? "deadline" : "command",
      isPermanent: isPermanent && !isLate,
    });
  }

  /** The guard is dead or does not answer: kills its command and itself, and only then is it over. */
  #takeOver(cause: "guard-died" | "guard-frozen"): Promise<void> {
    if (this.#progress.kind === "over") return Promise.resolve();
    return this.#takingOver ??= this.#killAll(cause);
  }

  async #killAll(cause: "guard-died" | "guard-frozen"): Promise<void> {
    const { link, logger } = this.#options;
    logger.error("the guard process failed: the daemon kills the command", {
      cause,
      pid: this.#pid,
      guardPid: link.pid,
    });
    const progress = this.#progress;
    if (progress.kind === "running") await progress.group.kill(logger);
    link.kill();
    const { leftovers, isGone } = await killLeftovers(this.workload, this.#options);
    this.#settle(
      progress.kind === "running"
        ? { cause, code: null, signal: "SIGKILL", leftovers, isGone }
        : new CommandStartError("Cannot start the command: its guard process failed", {
          problem: "guard",
          isGone,
        }),
    );
  }

  /** The one way to the end, for commands that ran and for those that did not start. */
  #settle(outcome: CommandEnd | CommandStartError): void {
    if (this.#progress.kind === "over") return;
    this.#progress = { kind: "over" };
    if (outcome instanceof CommandStartError) {
      this.#started.reject(outcome);
      this.#ended.resolve({ ...NEVER_RAN, isGone: outcome.isGone });
    } else {
      this.#logEnd(outcome);
      this.#started.reject(this.#startError("The command ended before it had started", false));
      this.#ended.resolve(outcome);
    }
    this.#over.abort();
  }

  #logEnd({ cause, code, signal, leftovers, isGone }: CommandEnd): void {
    this.#options.logger.info("command ended", {
      pid: this.#pid,
      cause,
      code: code ?? undefined,
      signal: signal ?? undefined,
      leftovers,
      isGone,
    });
  }

  async #endsWithin(ms: number): Promise<boolean> {
    await delay(ms, { signal: this.#over.signal }).catch(() => {});
    return this.#over.signal.aborted;
  }

  /**
   * A guard that gives no answer cannot kill. One miss proves nothing: this process itself may have
   * been frozen, and then finds the time over before it has read the answer.
   */
  async #watchGuard(): Promise<void> {
    const { link, system: { limits } } = this.#options;
    const { signal } = this.#over;
    let misses = 0;
    while (!signal.aborted) {
      try {
        await link.askClock({ limitMs: limits.answerMs, signal });
        misses = 0;
        await delay(limits.questionIntervalMs, { signal });
      } catch {
        if (link.gone.aborted) await this.#takeOver("guard-died");
        else if (!signal.aborted && ++misses === 2) await this.#takeOver("guard-frozen");
      }
    }
  }
}
