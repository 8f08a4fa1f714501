import { SystemFiles } from "../../../src/storage/file/system_files.ts";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import { FailingFileSystem } from "../../support/failing_file_system.ts";
import { type RecordedLog, recordedLog } from "../daemon/fakes.ts";
import { TestFolder } from "../daemon/test_folder.ts";
import { textOf } from "./contents.ts";

const FOLDER = "state";

/** A storage in a folder of its own, whose file system fails as the test wants it. */
export class StorageFixture implements AsyncDisposable {
  readonly storage: FileStorage;
  readonly failing: FailingFileSystem;
  readonly log: RecordedLog = recordedLog();
  readonly signal = new AbortController().signal;
  readonly #folder: TestFolder;

  static async create(): Promise<StorageFixture> {
    return new StorageFixture(await TestFolder.create());
  }

  private constructor(folder: TestFolder) {
    this.#folder = folder;
    this.failing = new FailingFileSystem(new SystemFiles());
    this.storage = this.open({ timeoutMs: 10_000 });
  }

  /** A storage in the same folder, on the same file system. */
  open({ timeoutMs }: { timeoutMs: number }): FileStorage {
    const { files } = this.failing;
    return new FileStorage(this.root, { timeoutMs, logger: this.log.logger, files });
  }

  /** The folder of the storage, which its first write makes. */
  get root(): string {
    return this.#folder.path("recovery", "cluster");
  }

  path(...names: string[]): string {
    return [this.root, ...names].join("/");
  }

  /** All names in the folder `state`, unfinished files too, sorted. */
  async names(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.path(FOLDER)));
    return entries.map(({ name }) => name).sort();
  }

  async text(name: string): Promise<string> {
    return await textOf(this.storage.read(name, { signal: this.signal }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.storage[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}
