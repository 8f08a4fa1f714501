import assert from "node:assert/strict";
import { TextLineStream } from "../../support/text_line_stream.ts";
import { OpenedStore } from "../../unit/quorum/storage/opened_store.ts";
import { contentOf } from "./store_child.ts";

const CHILD = new URL("./store_child.ts", import.meta.url).pathname;

export interface RunningStoreOptions {
  /** Words before the command, that make the file system what it is for the child. */
  prefix?: readonly string[];
  recordsPerSnapshot?: number;
  segmentBytes?: number;
}

/** A process that writes a log as fast as it can, and tells what is durable. */
export class RunningStore implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** What it told, but for what is durable. */
  readonly told: string[] = [];
  /** The newest record that it told to be durable. */
  durableZxid = 0n;

  constructor(folder: string, options: RunningStoreOptions = {}) {
    const { prefix = [], recordsPerSnapshot = 1_000_000, segmentBytes = 1_000_000 } = options;
    const [program, ...args] = [
      ...prefix,
      ...[Deno.execPath(), "run", "-A", "--no-check", CHILD],
      ...[folder, `${recordsPerSnapshot}`, `${segmentBytes}`],
    ];
    this.#child = new Deno.Command(program!, { args, stdout: "piped", stderr: "inherit" }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())[Symbol.asyncIterator]();
  }

  /** Reads on until this line is told. */
  async until(isTold: (line: string) => boolean): Promise<void> {
    while (true) {
      const line = await this.#next();
      if (line === undefined) throw new Error(`The child ended: ${this.told.join("; ")}`);
      if (isTold(line)) return;
    }
  }

  /** Kills it, and reads what it had told by then. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended();
  }

  /** Reads to the end; gives the exit code. */
  async ended(): Promise<number> {
    while (await this.#next() !== undefined);
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.ended();
  }

  async #next(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    if (done) return undefined;
    if (value.startsWith("durable ")) this.durableZxid = BigInt(value.slice("durable ".length));
    else this.told.push(value);
    return value;
  }
}

/** All that was told to be durable is there, in order and as it was written, and nothing else. */
export async function assertWhole(folder: string, durableZxid: bigint): Promise<void> {
  await using opened = await OpenedStore.open(folder);
  const shown = /^state (\d+) /.exec(opened.snapshot ?? "")?.[1];
  let expected = BigInt(shown ?? 0);
  for (const [zxid, content] of opened.records) {
    expected++;
    assert.equal(zxid, expected);
    assert.equal(content, contentOf(zxid));
  }
  assert.ok(expected >= durableZxid, `${durableZxid} was durable, the log ends at ${expected}`);
}
