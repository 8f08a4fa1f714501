import assert from "node:assert/strict";
import { TestProcess } from "../../support/process.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { release } from "./injected_fault.ts";
import type { StorageOrder, StorageResult } from "./storage_child.ts";

const CHILD = new URL("storage_child.ts", import.meta.url).pathname;

// Those of the binary: with all of them Deno does not look at a path before it opens it.
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-run"];

export interface FaultyStorageOptions {
  /** What the process is started by, which makes its file system what it is. */
  prefix?: readonly string[];
  timeoutMs?: number;
}

/** A storage in a process of its own, whose file system fails. */
export class FaultyStorage implements AsyncDisposable {
  readonly #process: TestProcess;

  /** The storage begins at `root`. */
  static async start(root: string, options: FaultyStorageOptions = {}): Promise<FaultyStorage> {
    const { prefix = [], timeoutMs = 20_000 } = options;
    const deno = [Deno.execPath(), "run", ...PERMISSIONS, "--no-check", "--no-code-cache"];
    const [program, ...args] = [...prefix, ...deno, CHILD, root, String(timeoutMs)];
    const process = TestProcess.start(program!, { args });
    await process.waitForLine((text) => text === "ready", { limitMs: 30_000 });
    return new FaultyStorage(process);
  }

  private constructor(process: TestProcess) {
    this.#process = process;
  }

  async obey(order: StorageOrder): Promise<StorageResult> {
    const from = this.#process.lines.length;
    await this.#process.writeLine(JSON.stringify(order));
    const isResult = (text: string) => text.startsWith("{");
    const { text } = await this.#process.waitForLine(isResult, { from, limitMs: 30_000 });
    return JSON.parse(text);
  }

  /** The value of an order that must not fail. */
  async value(order: StorageOrder): Promise<unknown> {
    const { value, failure } = await this.obey(order);
    assert.equal(failure, undefined);
    return value;
  }

  /** Gives an order and does not wait for its end. */
  async begin(order: StorageOrder): Promise<void> {
    await this.#process.writeLine(JSON.stringify(order));
  }

  /** Lets the process go on where it is held. */
  async release(): Promise<void> {
    await release(this.#process.pid);
  }

  async kill(): Promise<void> {
    // One that is held does not die either.
    await this.release();
    await this.#process.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** A folder with a storage in it, which has the blob `state/old` of 1000 bytes. */
export async function folderWithOldBlob(): Promise<TestFolder> {
  const folder = await TestFolder.create();
  await using storage = await FaultyStorage.start(folder.path("root"));
  await storage.value({ act: "write", name: "state/old", length: 1000 });
  return folder;
}

/** Nothing is there but the old blob, which can be read; a new one can be written. */
export async function assertUnharmed(storage: FaultyStorage): Promise<void> {
  const old = { name: "old", length: 1000 };
  assert.deepEqual(await storage.value({ act: "list", folder: "state" }), [old]);
  assert.equal(await storage.value({ act: "read", name: "state/old" }), 1000);
  await storage.value({ act: "write", name: "state/new", length: 30_000 });
  assert.equal(await storage.value({ act: "read", name: "state/new" }), 30_000);
}
