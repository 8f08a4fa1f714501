import { basename, join } from "node:path";
import type { RandomSource } from "../../unit/election/random_source.ts";
import { LostFile } from "./lost_file.ts";

type NameChange =
  | { readonly kind: "appears"; readonly name: string; readonly file: LostFile }
  | { readonly kind: "renamed"; readonly name: string; readonly to: string }
  | { readonly kind: "vanishes"; readonly name: string };

type Names = ReadonlyMap<string, LostFile>;

/** Files by their names. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A folder at one moment. */
export interface FolderState {
  /** What the system shows, in its memory or on the disk: what a program finds that is killed now. */
  readonly shown: Files;
  /** What may be there if the power goes now. */
  readonly durable: Files;
}

/**
 * Watches what this program does to a folder, by calls of Deno that write, and says at any moment what a
 * loss of power could leave there: whatever was not flushed may be there, or not, or in part.
 */
export class PowerlessFolder implements Disposable {
  readonly #path: string;
  readonly #changed: () => void;
  readonly #deno = { open: Deno.open, rename: Deno.rename, remove: Deno.remove };
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #unflushed: readonly NameChange[] = [];

  /** `changed` is called before and after each call that changes something. */
  static async create(
    path: string,
    state: FolderState,
    changed: () => void,
  ): Promise<PowerlessFolder> {
    await layOut(path, state.shown);
    return new PowerlessFolder(path, state, changed);
  }

  private constructor(path: string, { shown, durable }: FolderState, changed: () => void) {
    this.#path = path;
    this.#changed = changed;
    const lost = (name: string) => new LostFile(durable.get(name), shown.get(name));
    this.#names = this.#durableNames = new Map(
      [...durable.keys()].map((name) => [name, lost(name)]),
    );
    for (const name of shown.keys()) {
      if (!durable.has(name)) this.#rememberChange({ kind: "appears", name, file: lost(name) });
    }
    for (const name of durable.keys()) {
      if (!shown.has(name)) this.#rememberChange({ kind: "vanishes", name });
    }
    Object.assign(Deno, {
      open: (path: string, options: Deno.OpenOptions) => this.#open(path, options),
      rename: (from: string, to: string) => this.#rename(from, to),
      remove: (path: string, options?: Deno.RemoveOptions) => this.#remove(path, options),
    });
  }

  /** What the system shows now, and one of the states that a loss of power may leave. */
  state(random: RandomSource): FolderState {
    const shown = new Map([...this.#names].map(([name, { content }]) => [name, content]));
    return { shown, durable: this.#afterPowerLoss(random) };
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, this.#deno);
  }

  #afterPowerLoss(random: RandomSource): Files {
    const isOrderly = random.below(3) > 0;
    const kept = random.below(this.#unflushed.length + 1);
    const changes = this.#unflushed.filter((_, at) =>
      isOrderly ? at < kept : random.below(2) === 0
    );
    const names = changes.reduce(renamed, this.#durableNames);
    return new Map([...names].map(([name, file]) => [name, file.afterPowerLoss(random)]));
  }

  async #open(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
    const opened = await this.#deno.open(path, options);
    if (path === this.#path) return this.#watchFolder(opened);
    if (!this.#isOurs(path) || !options.write) return opened;
    const name = basename(path);
    let file = this.#names.get(name);
    if (file === undefined) this.#change({ kind: "appears", name, file: file = new LostFile() });
    if (options.truncate) file.edit({ kind: "resize", length: 0 });
    return this.#watchFile(opened, file);
  }

  async #rename(from: string, to: string): Promise<void> {
    await this.#deno.rename(from, to);
    if (!this.#isOurs(from)) return;
    this.#change({ kind: "renamed", name: basename(from), to: basename(to) });
  }

  async #remove(path: string, options?: Deno.RemoveOptions): Promise<void> {
    await this.#deno.remove(path, options);
    if (this.#isOurs(path)) this.#change({ kind: "vanishes", name: basename(path) });
  }

  #isOurs(path: string): boolean {
    return path === join(this.#path, basename(path));
  }

  #change(change: NameChange): void {
    this.#rememberChange(change);
    this.#changed();
  }

  #rememberChange(change: NameChange): void {
    this.#names = renamed(this.#names, change);
    this.#unflushed = [...this.#unflushed, change];
  }

  #watchFolder(folder: Deno.FsFile): Deno.FsFile {
    return withCalls(folder, {
      sync: async () => {
        const changes = this.#unflushed;
        await folder.sync();
        this.#durableNames = changes.reduce(renamed, this.#durableNames);
        this.#unflushed = this.#unflushed.slice(changes.length);
        this.#changed();
      },
    });
  }

  #watchFile(opened: Deno.FsFile, file: LostFile): Deno.FsFile {
    let position = 0;
    const flushed = async (flush: () => Promise<void>) => {
      const end = file.flush();
      this.#changed();
      await flush();
      end();
      this.#changed();
    };
    return withCalls(opened, {
      write: async (bytes) => {
        const count = await opened.write(bytes);
        file.edit({ kind: "write", at: position, bytes: bytes.slice(0, count) });
        position += count;
        this.#changed();
        return count;
      },
      truncate: async (length = 0) => {
        await opened.truncate(length);
        file.edit({ kind: "resize", length });
        this.#changed();
      },
      seek: async (offset, whence) => position = await opened.seek(offset, whence),
      sync: () => flushed(() => opened.sync()),
      syncData: () => flushed(() => opened.syncData()),
    });
  }
}

/** Makes a folder with such files. */
export async function layOut(path: string, files: Files): Promise<void> {
  await Deno.mkdir(path);
  for (const [name, bytes] of files) await Deno.writeFile(join(path, name), bytes);
}

function renamed(names: Names, change: NameChange): Names {
  const after = new Map(names);
  const file = after.get(change.name);
  after.delete(change.name);
  if (change.kind === "appears") after.set(change.name, change.file);
  // The system may have done the one and not the other: what has no name there stays without.
  if (change.kind === "renamed" && file !== undefined) after.set(change.to, file);
  return after;
}

function withCalls(file: Deno.FsFile, calls: Partial<Deno.FsFile>): Deno.FsFile {
  return new Proxy(file, {
    get(target, key) {
      const own = Reflect.get(calls, key);
      if (own !== undefined) return own;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
