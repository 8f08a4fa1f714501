import type { EndCause } from "./guard_protocol.ts";

/** How a command that had started came to its end. */
export interface CommandEnd {
  /** The guard's word, or that the guard was killed or gave no answer and the daemon stepped in. */
  cause: EndCause | "guard-died" | "guard-frozen";
  code: number | null;
  signal: string | null;
  /** Processes of it that are still alive, because not even SIGKILL ended them. */
  leftovers: number;
  /** False if something of it is, or may be, alive: a successor would meet it. */
  isGone: boolean;
}

/** A command that did not start. */
export interface StartFailure {
  cause: "not-started";
  error: string;
  /** False if something of it may run nevertheless. */
  isGone: boolean;
}

/** How a run of the command ended, whether or not it began. */
export type RunEnd = CommandEnd | StartFailure;

/** Why a command did not start: itself, its guard, or a deadline that had passed already. */
export type StartProblem = "command" | "guard" | "deadline";

/** The command was not started; nothing of it runs unless `isGone` is false. */
export class CommandStartError extends Error {
  override readonly name = "CommandStartError";
  readonly problem: StartProblem;
  /** True if trying again will not help: no such program, or one that cannot be executed. */
  readonly isPermanent: boolean;
  readonly isGone: boolean;

  constructor(
    message: string,
    what: { problem: StartProblem; isPermanent?: boolean; isGone?: boolean; cause?: unknown },
  ) {
    super(message, { cause: what.cause });
    this.problem = what.problem;
    this.isPermanent = what.isPermanent ?? false;
    this.isGone = what.isGone ?? true;
  }
}
