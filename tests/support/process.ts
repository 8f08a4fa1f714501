import { TextLineStream } from "./text_line_stream.ts";

const KEPT_LINES = 5000;
const TERM_GRACE_MS = 10_000;

/** One line a child wrote, with the time (`performance.now()`) at which it arrived here. */
export interface ProcessLine {
  from: "stdout" | "stderr";
  text: string;
  atMs: number;
}

export interface TestProcessOptions {
  args?: readonly string[];
  cwd?: string;
  env?: Record<string, string>;
  /** True gives the child nothing of this process's environment. */
  clearEnv?: boolean;
  /** Called for each line, in order of arrival. */
  onLine?: (line: ProcessLine) => void;
}

/**
 * A child process with its output collected line by line. It dies when it is disposed of, and also
 * when this process is killed.
 */
export class TestProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ProcessLine[] = [];
  readonly #listeners = new Set<(line: ProcessLine) => void>();
  readonly #ended: Promise<Deno.CommandStatus>;

  static start(program: string, options: TestProcessOptions = {}): TestProcess {
    return new TestProcess(program, options);
  }

  private constructor(program: string, options: TestProcessOptions) {
    const { args = [], onLine, ...rest } = options;
    this.#name = program.split("/").at(-1) ?? program;
    if (onLine) this.#listeners.add(onLine);
    // setpriv replaces itself by the program, so the pid is the program's own.
    this.#child = new Deno.Command("setpriv", {
      ...rest,
      args: ["--pdeathsig", "KILL", "--", program, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#ended = this.#collect();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The newest lines of both streams, oldest first. */
  get lines(): readonly ProcessLine[] {
    return this.#lines;
  }

  /** The newest lines as one text, for failure messages. */
  get text(): string {
    return this.#lines.map((line) => line.text).join("\n");
  }

  /** Resolves when the child has ended and all it wrote has arrived. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#ended;
  }

  /** Waits for the child to end by itself; rejects after the limit (30 s unless told). */
  async ends(options: { limitMs?: number } = {}): Promise<Deno.CommandStatus> {
    const { limitMs = 30_000 } = options;
    const late = Promise.withResolvers<never>();
    const error = () => new Error(`${this.#name} still runs after ${limitMs} ms:\n${this.text}`);
    const timer = setTimeout(() => late.reject(error()), limitMs);
    try {
      return await Promise.race([this.#ended, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Writes one line to the child's standard input. */
  async writeLine(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${text}\n`));
  }

  /**
   * The first line that matches among those already there from index `from` on and those to come.
   * Rejects if the child ends first or the limit (10 s unless told) passes.
   */
  waitForLine(
    matches: (text: string) => boolean,
    options: { from?: number; limitMs?: number } = {},
  ): Promise<ProcessLine> {
    const { from = 0, limitMs = 10_000 } = options;
    const present = this.#lines.slice(from).find((line) => matches(line.text));
    if (present) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        settle();
      };
      const listener = (line: ProcessLine) => {
        if (matches(line.text)) finish(() => resolve(line));
      };
      const timer = setTimeout(() => finish(() => reject(this.#noLine("in time"))), limitMs);
      this.#listeners.add(listener);
      this.#ended.then(() => finish(() => reject(this.#noLine("before it ended"))));
    });
  }

  /** Sends a signal; nothing happens if the child has already ended. */
  signal(signal: Deno.Signal): void {
    try {
      Deno.kill(this.pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Ends the child with SIGTERM, or with SIGKILL if that takes longer than 10 seconds. */
  async stop(): Promise<Deno.CommandStatus> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), TERM_GRACE_MS);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the child with SIGKILL. */
  async kill(): Promise<Deno.CommandStatus> {
    this.signal("SIGKILL");
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #collect(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read("stdout"),
      this.#read("stderr"),
    ]);
    await this.#input.abort().catch(() => {});
    return status;
  }

  async #read(from: "stdout" | "stderr"): Promise<void> {
    const lines = this.#child[from].pipeThrough(new TextDecoderStream()).pipeThrough(
      new TextLineStream(),
    );
    for await (const text of lines) this.#add({ from, text, atMs: performance.now() });
  }

  #add(line: ProcessLine): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  #noLine(when: string): Error {
    return new Error(
      `${this.#name} did not write the awaited line ${when}; it wrote:\n${this.text}`,
    );
  }
}
