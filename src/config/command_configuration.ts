/** The words of a command: the program, then its arguments. No shell reads them. */
export type CommandWords = readonly [string, ...string[]];

/** A command that a node keeps running. */
export interface CommandConfiguration {
  readonly words: CommandWords;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopGraceMs: number;
  /** A log file of the command that reaches this size is put aside. */
  readonly logMaxBytes: number;
  readonly restart: RestartPolicy;
}

/** What follows when a command ends of its own accord. */
export interface RestartPolicy {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** After so many quick ends in a row the node gives up; Infinity: never. */
  readonly attempts: number;
  /** A command that ran for this long ran well: its end is no quick one. */
  readonly stableAfterMs: number;
}

/** The command that runs only while its master leads. */
export interface JobmanagerCommand extends CommandConfiguration {
  /** Absent: ready as soon as it runs, and never asked for its health. */
  readonly ready?: ProbeTarget;
  readonly readyTimeoutMs: number;
  readonly health: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failures: number;
  };
  readonly coolDownMs: number;
}

/** The command that runs on a worker and is told who leads. */
export interface TaskmanagerCommand extends CommandConfiguration {
  readonly onLeaderChange: "restart" | "signal" | "none";
}

/** How a command is asked whether it is ready and well. */
export type ProbeTarget =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "command"; readonly words: CommandWords };
