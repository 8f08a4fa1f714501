/** The words of a command: the program, then its arguments. No shell reads them. */
export type CommandWords = readonly [string, ...string[]];

/** What is run, and how it is stopped and logged. */
export interface CommandOptions {
  words: CommandWords;
  /** Time between SIGTERM and SIGKILL. */
  stopGraceMs: number;
  /** A log file that reaches this size is put aside. */
  logMaxBytes: number;
  /** The folder in which the command runs; the daemon's own unless told. */
  cwd?: string;
}

/** How long a command may run, and what it is told of that: the daemon's side of a leadership. */
export interface Term {
  readonly environment: Readonly<Record<string, string>>;
  /** Until when the command may run, as performance.now() counts; Infinity where it cannot run out. */
  deadline(): number;
  /** Calls the listener whenever the deadline has moved; returns the unsubscribe function. */
  onRenewal(listener: () => void): () => void;
  /** The longest stop grace that there is room for; a longer one of the command is cut to it. */
  readonly maxStopGraceMs?: number;
}
