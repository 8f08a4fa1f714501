import assert from "node:assert/strict";
import { createLogger } from "../../../src/log/logger.ts";
import {
  isStorageError,
  StorageError,
  type StorageErrorKind,
} from "../../../src/storage/errors.ts";
import { openHdfsStorage } from "../../../src/storage/hdfs/hdfs_storage.ts";
import type { HdfsOptions, StorageLocation } from "../../../src/storage/open.ts";
import type { WebHdfsCluster } from "../../support/webhdfs_server.ts";

export const URL_OF_FOLDER = "hdfs:///flink/c 1";
export const FOLDER = "/flink/c 1";

/** The signal of acts that nobody ends. */
export const { signal } = new AbortController();

/** Opens the folder `/flink/c 1` of a cluster; log lines go to `lines`. */
export function openFolder(
  cluster: WebHdfsCluster,
  options: Partial<HdfsOptions> & { timeoutMs?: number; lines?: string[]; url?: string } = {},
) {
  const { timeoutMs = 10_000, lines = [], url = URL_OF_FOLDER, ...hdfs } = options;
  const location: StorageLocation = { scheme: "hdfs", url, path: FOLDER };
  return openHdfsStorage(location, {
    timeoutMs,
    logger: createLogger("test", { level: "debug", write: (line) => lines.push(line) }),
    s3: { pathStyle: false },
    hdfs: { nameNodes: cluster.addresses, user: "flink", ...hdfs },
  });
}

/** Bytes in pieces of at most 64 KiB, each a different one. */
export async function* pieces(length: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < length; at += 65_536) {
    await Promise.resolve();
    yield new Uint8Array(Math.min(65_536, length - at)).map((_, index) => (at + index) % 251);
  }
}

export async function whole(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(await Array.fromAsync(content, toPart)).arrayBuffer());
}

function toPart(piece: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(piece);
}

/** The failure of an act, which must be a StorageError of this kind. */
export async function failureOf(
  act: Promise<unknown>,
  kind: StorageErrorKind,
): Promise<StorageError> {
  const error = await act.then(() => undefined, (error: unknown) => error);
  assert.ok(isStorageError(error, kind), `not ${kind}: ${Deno.inspect(error)}`);
  return error;
}
