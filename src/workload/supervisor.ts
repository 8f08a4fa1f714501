import type { Logger } from "../log/logger.ts";
import { CommandStartError } from "./command_end.ts";
import type { CommandOptions, Term } from "./command_options.ts";
import type { GuardLink } from "./guard_link.ts";
import { GuardReserve, type ReadyGuard } from "./guard_reserve.ts";
import { type GuardSystem, HOST } from "./guard_system.ts";
import { killLeftovers } from "./leftovers.ts";
import { roomToStop } from "./room_to_stop.ts";
import { type RunningCommand, SupervisedCommand } from "./running_command.ts";
import type { SweptWorkload } from "./sweep.ts";

export interface SupervisorOptions {
  /** The words that start a guard process. */
  guard: readonly string[];
  guardEnvironment?: Readonly<Record<string, string>>;
  command: CommandOptions;
  logFile: string;
  logKept: number;
  logger: Logger;
  /**
   * Told what must be killed if daemon and guard both die: before a command can run, and nothing when
   * it is gone. It must not throw but before the start, which it prevents.
   */
  onWorkload?: (workload: SweptWorkload | undefined) => void;
  /** The processes of this host unless told. */
  system?: GuardSystem;
}

/** Runs one command at a time under a guard process, which kills it when its term is over. */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #system: GuardSystem;
  readonly #reserve: GuardReserve;
  #running: { command: SupervisedCommand; over: Promise<void> } | undefined;
  /** The last command, if something of it may be alive. */
  #remains: SweptWorkload | undefined;

  constructor(options: SupervisorOptions) {
    const { guard, guardEnvironment = {}, logger, system = HOST } = options;
    this.#options = options;
    this.#system = system;
    this.#reserve = new GuardReserve({
      words: guard,
      environment: guardEnvironment,
      system,
      logger,
    });
  }

  /**
   * Starts the command, at the earliest when the one before is gone. Rejects with a CommandStartError
   * if it does not start, or with the signal's reason; then nothing of it runs.
   */
  async start(term: Term, options: { signal: AbortSignal }): Promise<RunningCommand> {
    const { signal } = options;
    const guard = await this.#reserve.take(signal);
    const command = await this.#prepare(guard, term, signal);
    this.#running = { command, over: this.#oversee(command, guard.link) };
    await command.started(signal);
    return command;
  }

  /** Sends a signal, such as "SIGHUP", to the command's own process, if one runs. */
  signal(name: string): void {
    this.#running?.command.signal(name);
  }

  /** Stops what runs, in order and in bounded time, and ends the guard. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.command.stop();
    await this.#reserve[Symbol.asyncDispose]();
    await this.#running?.over;
  }

  async #prepare(guard: ReadyGuard, term: Term, signal: AbortSignal): Promise<SupervisedCommand> {
    const { onWorkload = () => {}, logger } = this.#options;
    const order = this.#order(term);
    try {
      await this.#requireNothingLeft();
      const now = () => this.#system.now();
      await roomToStop(term, { graceMs: order.stopGraceMs, now, signal });
      this.#requireTime(term);
      onWorkload(guard.workload);
    } catch (error) {
      this.#reserve.discard(guard.link);
      throw error;
    }
    return new SupervisedCommand({
      ...guard,
      system: this.#system,
      term,
      order: { ...order, environment: term.environment },
      logger,
    });
  }

  #order({ maxStopGraceMs = Infinity }: Term) {
    const { command: { words, ...limits }, logFile, logKept } = this.#options;
    const stopGraceMs = Math.min(limits.stopGraceMs, maxStopGraceMs);
    return { command: words, ...limits, stopGraceMs, logFile, logKept };
  }

  /** What not even SIGKILL could end, or nobody could look for, must not meet a second command. */
  async #requireNothingLeft(): Promise<void> {
    if (this.#remains === undefined) return;
    const { isGone } = await killLeftovers(this.#remains, {
      system: this.#system,
      logger: this.#options.logger,
    });
    if (!isGone) {
      throw new CommandStartError("Cannot start the command: the one before it may be alive", {
        problem: "guard",
        isGone,
      });
    }
    this.#remains = undefined;
  }

  #requireTime(term: Term): void {
    if (this.#system.now() < term.deadline()) return;
    throw new CommandStartError("Cannot start the command: its deadline has passed", {
      problem: "deadline",
    });
  }

  async #oversee(command: SupervisedCommand, link: GuardLink): Promise<void> {
    await command.run();
    const { isGone } = await command.ended;
    if (isGone) this.#options.onWorkload?.(undefined);
    else this.#remains = command.workload;
    this.#running = undefined;
    this.#reserve.leave(link, { isDone: isGone });
  }
}
