import { createLogger } from "../../../src/log/logger.ts";
import type { CommandOptions, Term } from "../../../src/workload/command_options.ts";
import { type GuardLimits, type GuardSystem, HOST } from "../../../src/workload/guard_system.ts";
import { Supervisor } from "../../../src/workload/supervisor.ts";
import { until } from "../../support/until.ts";
import { withEnvironment } from "./processes.ts";
import { GUARD } from "./test_guard.ts";

export interface SupervisedHostOptions {
  /** A script of the shell unless given as words. */
  command: string | CommandOptions["words"];
  stopGraceMs?: number;
  limits?: Partial<GuardLimits>;
}

/** A supervisor with real guards and processes, and what a test wants to know of them. */
export class SupervisedHost implements AsyncDisposable {
  readonly folder: string;
  readonly supervisor: Supervisor;
  readonly lines: string[] = [];
  readonly logger = createLogger("test", { write: (line) => void this.lines.push(line) });
  /** The processes of the guards, oldest first. */
  readonly guardPids: number[] = [];
  readonly workloadIds = new Set<string>();

  static async start(options: SupervisedHostOptions): Promise<SupervisedHost> {
    const folder = await Deno.makeTempDir({ prefix: "masterd_supervisor_" });
    return new SupervisedHost(folder, options);
  }

  private constructor(folder: string, options: SupervisedHostOptions) {
    const { command, stopGraceMs = 10_000, limits } = options;
    this.folder = folder;
    this.supervisor = new Supervisor({
      guard: GUARD,
      command: {
        words: typeof command === "string" ? ["sh", "-c", command, "sh", folder] : command,
        stopGraceMs,
        logMaxBytes: 100_000,
      },
      logFile: this.logFile,
      logKept: 2,
      logger: this.logger,
      onWorkload: (workload) => workload && this.workloadIds.add(workload.id),
      system: this.#watched({ ...HOST, limits: { ...HOST.limits, ...limits } }),
    });
  }

  get logFile(): string {
    return `${this.folder}/command.log`;
  }

  /** The processes that carry the mark of a command of this host. */
  async marked(): Promise<number[]> {
    const found = await Promise.all(
      [...this.workloadIds].map((id) => withEnvironment(`MASTERD_WORKLOAD_ID=${id}`)),
    );
    return found.flat();
  }

  /** The numbers that the command wrote as `NAME=NUMBER` lines, once all of the names are there. */
  async numbers(...names: readonly string[]): Promise<number[]> {
    const places = names.map((name) => new RegExp(`^${name}=(\\d+)$`, "m"));
    const text = await until(
      () => Deno.readTextFile(this.logFile),
      (text) => places.every((place) => place.test(text)),
    );
    return places.map((place) => Number(place.exec(text)![1]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervisor[Symbol.asyncDispose]();
    await until(() => this.marked(), (pids) => pids.length === 0);
    await Deno.remove(this.folder, { recursive: true });
  }

  #watched(system: GuardSystem): GuardSystem {
    return {
      ...system,
      spawn: (words, environment) => {
        const guard = system.spawn(words, environment);
        this.guardPids.push(guard.pid);
        return guard;
      },
    };
  }
}

/** A term that lasts until the test says otherwise. */
export class TestTerm implements Term {
  readonly environment = { MASTERD_EPOCH: "7" };
  readonly #listeners = new Set<() => void>();
  #deadline: number;

  constructor(deadline = Infinity) {
    this.#deadline = deadline;
  }

  deadline(): number {
    return this.#deadline;
  }

  renew(deadline: number): void {
    this.#deadline = deadline;
    for (const listener of this.#listeners) listener();
  }

  onRenewal(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
