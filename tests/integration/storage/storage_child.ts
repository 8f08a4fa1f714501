import { createLogger } from "../../../src/log/logger.ts";
import { StorageError } from "../../../src/storage/errors.ts";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { TextLineStream } from "../../support/text_line_stream.ts";

/** What the child is to do, one line of JSON. */
export type StorageOrder =
  | { act: "write"; name: string; length: number }
  | { act: "read" | "delete"; name: string }
  | { act: "list"; folder: string }
  /** Runs a program where the child sees the file systems. */
  | { act: "run"; words: readonly string[] };

/** What came of it, one line of JSON. */
export interface StorageResult {
  value?: unknown;
  /** The kind of a StorageError, and what it says. */
  failure?: { kind: string; message: string };
}

const PIECE = 16_384;
const options = { signal: new AbortController().signal };

async function obey(storage: Storage, order: StorageOrder): Promise<StorageResult> {
  try {
    return { value: await act(storage, order) };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { failure: { kind: error.kind, message: error.message } };
  }
}

async function act(storage: Storage, order: StorageOrder): Promise<unknown> {
  switch (order.act) {
    case "write":
      return await storage.write(order.name, content(order.length), options);
    case "read":
      return await lengthOf(storage, order.name);
    case "delete":
      return await storage.delete(order.name, options);
    case "list":
      return await Array.fromAsync(storage.list(order.folder, options));
    case "run":
      return await run(order.words);
  }
}

async function* content(length: number): AsyncGenerator<Uint8Array, void, void> {
  for (let rest = length; rest > 0; rest -= PIECE) yield new Uint8Array(Math.min(rest, PIECE));
}

async function lengthOf(storage: Storage, name: string): Promise<number> {
  let length = 0;
  for await (const piece of storage.read(name, options)) length += piece.length;
  return length;
}

async function run([program, ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

if (import.meta.main) {
  const [root, timeoutMs] = Deno.args;
  const logger = createLogger("child");
  const storage = new FileStorage(root!, { timeoutMs: Number(timeoutMs), logger });
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  console.log("ready");
  for await (const line of lines) {
    console.log(JSON.stringify(await obey(storage, JSON.parse(line))));
  }
  Deno.exit(0);
}
