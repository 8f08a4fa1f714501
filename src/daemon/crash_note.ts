import type { SessionCredentials } from "zookeeper";
import type { Logger } from "../log/logger.ts";
import type { SweptWorkload } from "../workload/sweep.ts";
import type { SessionFile } from "./session_file.ts";

/** What is left in the session file for whoever finds this daemon dead. */
export class CrashNote {
  readonly #file: SessionFile;
  readonly #quorum: string;
  readonly #logger: Logger;
  #credentials: SessionCredentials | undefined;
  #workload: SweptWorkload | undefined;

  constructor(file: SessionFile, options: { quorum: string; logger: Logger }) {
    this.#file = file;
    this.#quorum = options.quorum;
    this.#logger = options.logger;
  }

  /** A session was opened, of which nothing else is kept: without a note it ends by its timeout. */
  readonly sessionOpened = (credentials: SessionCredentials): void => {
    this.#credentials = credentials;
    try {
      this.#write();
    } catch (error) {
      this.#report("a crash will take a session timeout", error);
    }
  };

  /**
   * A command is about to run, has a cgroup, or is gone. Throws if the first cannot be written down: a
   * session must not be released while a command runs of which nobody knows.
   */
  readonly workloadChanged = (workload: SweptWorkload | undefined): void => {
    const before = this.#workload;
    this.#workload = workload;
    try {
      this.#write();
    } catch (error) {
      const isNew = workload !== undefined && workload.id !== before?.id;
      if (!isNew) return this.#report("it says what was true of the command before", error);
      this.#workload = before;
      throw error;
    }
  };

  #report(consequence: string, error: unknown): void {
    this.#logger.error(`the session file cannot be written: ${consequence}`, {
      error: error as Error,
    });
  }

  #write(): void {
    if (this.#credentials === undefined) return;
    this.#file.write({
      quorum: this.#quorum,
      credentials: this.#credentials,
      workloads: this.#workload ? [this.#workload] : [],
    });
  }
}
