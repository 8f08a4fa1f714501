/** Where a value was written: a line of a file, or another origin such as `-D`. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly origin?: string;
}

/** One thing that is wrong, or doubtful if it is a warning. */
export interface Problem extends Place {
  readonly key?: string;
  readonly value?: string;
  /** Says what is wrong and what would be right. */
  readonly message: string;
}

/** The configuration cannot be used; holds every problem that was found, not only the first. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join("\n"), options);
    this.problems = problems;
  }
}

/** The error of a parser that sees one value and does not know where it was written. */
export function invalidValue(value: string, message: string): ConfigError {
  return new ConfigError([{ value, message }]);
}

/** The problem in one line: `conf/masters:3: "h:" has no port …`. */
export function formatProblem(problem: Problem): string {
  const parts = [formatPlace(problem), problem.key, problem.message];
  return parts.filter((part) => part !== undefined && part !== "").join(": ");
}

/** The place as `conf/masters:3`, or the origin's name; empty if nothing is known. */
export function formatPlace(place: Place): string {
  if (place.file === undefined) return place.origin ?? "";
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** Gathers problems while reading goes on, so that all of them are reported at once. */
export class ProblemList {
  readonly #problems: Problem[] = [];

  add(problem: Problem): void {
    this.#problems.push(problem);
  }

  /** What `read` returns, or undefined after its problems were noted with the place given here. */
  attempt<T>(where: Place & { key?: string }, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#note(where, error);
      return undefined;
    }
  }

  /** As `attempt()`, for what has to be waited for. */
  async attemptAsync<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#note({}, error);
      return undefined;
    }
  }

  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems.toSorted(byPlace));
  }

  #note(where: Place & { key?: string }, error: unknown): void {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) this.add({ ...where, ...problem });
  }
}

// Each file from top to bottom, then what does not stand in a file.
function byPlace(left: Problem, right: Problem): number {
  if (left.file === right.file) return (left.line ?? 0) - (right.line ?? 0);
  if (left.file === undefined || right.file === undefined) return left.file === undefined ? 1 : -1;
  return left.file < right.file ? -1 : 1;
}
