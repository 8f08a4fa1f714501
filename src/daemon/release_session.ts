import { isZkError, ZooKeeper } from "zookeeper";
import { abortable, withLimit } from "../async/abortable.ts";
import type { Logger } from "../log/logger.ts";
import { sweep as killLeftovers, type SweptWorkload } from "../workload/sweep.ts";
import { lockWithin } from "./file_lock.ts";
import { isAt, openPrivateFile } from "./private_file.ts";
import {
  decodeRecord,
  formatSessionId,
  MAX_RECORD_BYTES,
  type SessionRecord,
} from "./session_record.ts";

export interface ReleaseOptions {
  logger: Logger;
  signal: AbortSignal;
  /** How long the dead daemon's lock may take to go: its process may still be unwinding. */
  lockLimitMs?: number;
  /** How long the servers have to take the end of the session. */
  closeLimitMs?: number;
  /** Kills what is left of a command. */
  sweep?: (workload: SweptWorkload, options: { signal: AbortSignal }) => Promise<{ left: number }>;
}

/** What became of a session file. The session is surely over, or there was none, in the first three. */
export type ReleaseOutcome =
  | { kind: "released" }
  | { kind: "already-over" }
  | { kind: "no-file" }
  | { kind: "still-held" }
  | { kind: "processes-left"; reason: string }
  | { kind: "unreachable"; error: Error }
  | { kind: "unusable"; reason: string };

// The least that most servers grant: should this end before the session is closed, it expires soon.
const REATTACHED_TIMEOUT_MS = 2000;
// A server that is dark must not take long, for the next may answer.
const CONNECT_LIMIT_MS = 500;

/**
 * Ends the session of a daemon that is dead, so that another leads at once. That it is dead is known
 * by the lock on its file and by nothing else; its commands are killed before. The session is ended by
 * its id: whoever leads meanwhile is not touched, however late and however often this is done.
 */
export async function releaseSession(
  path: string,
  options: ReleaseOptions,
): Promise<ReleaseOutcome> {
  const outcome = await release(path, options);
  const { logger } = options;
  switch (outcome.kind) {
    case "unusable":
      logger.warn("session file cannot be used", { path, reason: outcome.reason });
      break;
    case "unreachable":
      logger.warn("session could not be closed, it will expire", { error: outcome.error });
      break;
    case "processes-left":
      logger.error("session is left to expire: its command may run", { reason: outcome.reason });
      break;
    case "released":
      logger.info("session released");
      break;
    default:
      logger.info("no session to release", { path, reason: outcome.kind });
  }
  return outcome;
}

async function release(path: string, options: ReleaseOptions): Promise<ReleaseOutcome> {
  const { signal, lockLimitMs = 1000 } = options;
  signal.throwIfAborted();
  const found = await openPrivateFile(path);
  if (found.kind === "missing") return { kind: "no-file" };
  if (found.kind === "refused") return { kind: "unusable", reason: found.reason };
  using file = found.file;
  if (!await lockWithin(file, lockLimitMs, signal)) return { kind: "still-held" };
  // It was taken away before its lock was free: by a daemon that ended in order, or by a release.
  if (!await isAt(path, found.info)) return { kind: "no-file" };
  const outcome = await releaseLocked(file, options);
  if (outcome.kind !== "released" && outcome.kind !== "already-over") return outcome;
  await file.truncate();
  // Where it cannot be removed, it says nothing any more.
  await Deno.remove(path).catch(() => {});
  return outcome;
}

async function releaseLocked(
  file: Deno.FsFile,
  options: ReleaseOptions,
): Promise<ReleaseOutcome> {
  const { logger } = options;
  let record: SessionRecord | undefined;
  try {
    record = decodeRecord(await readAtMost(file, MAX_RECORD_BYTES + 1));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "unusable", reason: error.message };
  }
  if (record === undefined) return { kind: "already-over" };
  logger.info("releasing session", {
    session: formatSessionId(record.credentials.id),
    quorum: record.quorum,
  });
  const reason = await killAll(record.workloads, options);
  if (reason !== undefined) return { kind: "processes-left", reason };
  return await closeSession(record, options);
}

/** Kills what is left of the commands; tells why it is not known that nothing is. */
async function killAll(
  workloads: readonly SweptWorkload[],
  { signal, sweep = killLeftovers }: ReleaseOptions,
): Promise<string | undefined> {
  try {
    for (const workload of workloads) {
      const { left } = await sweep(workload, { signal });
      if (left > 0) return `${left} processes of workload ${workload.id} survive SIGKILL`;
    }
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).message;
  }
}

/** Takes the session over and closes it. */
async function closeSession(
  { quorum, credentials }: SessionRecord,
  { signal, closeLimitMs = 5000 }: ReleaseOptions,
): Promise<ReleaseOutcome> {
  const deadline = performance.now() + closeLimitMs;
  let lastError: Error | undefined;
  let closeError: Error | undefined;
  const zk = new ZooKeeper(quorum, {
    credentials,
    sessionTimeoutMs: REATTACHED_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_LIMIT_MS,
    onEvent: (event) => {
      if (event.kind === "close-failed") closeError = event.error;
      else if (event.kind !== "state") lastError = event.error;
    },
  });
  try {
    await withLimit((limited) => zk.connected({ signal: limited }), {
      act: "Reattaching",
      timeoutMs: closeLimitMs,
      signal,
    });
  } catch (error) {
    await zk.close({ limitMs: 0 });
    signal.throwIfAborted();
    if (isZkError(error, "SessionExpired")) return { kind: "already-over" };
    return { kind: "unreachable", error: lastError ?? (error as Error) };
  }
  await abortable(zk.close({ limitMs: Math.max(0, deadline - performance.now()) }), signal);
  if (closeError === undefined) return { kind: "released" };
  return { kind: "unreachable", error: lastError ?? closeError };
}

async function readAtMost(file: Deno.FsFile, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (let count: number | null = 0; count !== null && length < limit; length += count ?? 0) {
    count = await file.read(bytes.subarray(length));
  }
  return bytes.subarray(0, length);
}
