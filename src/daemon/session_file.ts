import { dirname } from "node:path";
import { lockWithin } from "./file_lock.ts";
import { isAt, openPrivateFile, type PrivateFile } from "./private_file.ts";
import { encodeRecord, type SessionRecord } from "./session_record.ts";
import { StartError } from "./start_error.ts";

export interface SessionFileOptions {
  /** How long a daemon that is ending, or the release of a dead one's session, may hold the file. */
  lockLimitMs?: number;
}

type OpenedFile = Extract<PrivateFile, { kind: "opened" }>;

const ATTEMPTS = 5;

/**
 * The file in which a daemon keeps what ends its session, locked for the daemon's life: whoever gets
 * the lock knows that the daemon is dead. It lies in a file system of this host.
 */
export class SessionFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #info: Deno.FileInfo;

  private constructor(path: string, { file, info }: OpenedFile) {
    this.#path = path;
    this.#file = file;
    this.#info = info;
  }

  /**
   * Creates the file, or takes over the one that a dead daemon left; nothing is in it then.
   * @throws {StartError} if it is in use, belongs to others or cannot be written
   */
  static async open(path: string, options: SessionFileOptions = {}): Promise<SessionFile> {
    const { lockLimitMs = 6000 } = options;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const claimed = await claim(path, lockLimitMs);
      if (claimed === undefined) continue;
      return await acting(path, () => new SessionFile(path, claimed).#empty());
    }
    throw new StartError(`Cannot use the session file ${path}: it goes as often as it comes`);
  }

  /** Replaces what the file says, in place and before this returns. */
  write(record: SessionRecord): void {
    this.#overwrite(encodeRecord(record));
  }

  /** Takes the file away: a daemon that ended in order leaves nothing to release. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // While the lock is held: after that the file may be another's.
      if (await isAt(this.#path, this.#info)) await Deno.remove(this.#path);
    } finally {
      this.#file.close();
    }
  }

  async #empty(): Promise<SessionFile> {
    try {
      // That a disk is full shows now: later records fit into the block that this takes.
      this.#overwrite(new Uint8Array([0x0a]));
      return this;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  #overwrite(bytes: Uint8Array): void {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(this.#file.writeSync(rest));
    this.#file.truncateSync(bytes.length);
  }
}

/** The locked file, or undefined when it went away meanwhile, with the daemon before. */
async function claim(path: string, lockLimitMs: number): Promise<OpenedFile | undefined> {
  const found = await acting(path, () => createOrOpen(path));
  if (found.kind === "missing") return undefined;
  if (found.kind === "refused") {
    throw new StartError(`Cannot use the session file ${path}: ${found.reason}`);
  }
  const { file, info } = found;
  if (!await acting(path, () => lockWithin(file, lockLimitMs))) {
    file.close();
    throw new StartError(`Cannot use the session file ${path}: another daemon holds it`);
  }
  if (await isAt(path, info)) return found;
  file.close();
  return undefined;
}

async function createOrOpen(path: string): Promise<PrivateFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    const file = await Deno.open(path, { read: true, write: true, createNew: true, mode: 0o600 });
    return { kind: "opened", file, info: await file.stat() };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await openPrivateFile(path);
  }
}

async function acting<T>(path: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new StartError(`Cannot use the session file ${path}`, { cause });
  }
}
