import {
  type Acl,
  isZkError,
  parentPath,
  readWatched,
  TransactionError,
  type TransactionStep,
  untilAnswered,
  type Watcher,
  type ZooKeeper,
} from "zookeeper";
import type { Logger } from "../log/logger.ts";
import { decodeHistory, encodeHistory, type PastLeadership } from "./history.ts";

/** Where the history is kept, and by which leadership it is written. */
export interface HistoryKeeper {
  zk: ZooKeeper;
  path: string;
  acl: readonly Acl[];
  /** Each write checks this node in the same transaction: who leads no more writes nothing. */
  latchPath: string;
  logger: Logger;
}

/** What was written, and as which version of the node. */
export interface WrittenHistory {
  leaderships: readonly PastLeadership[];
  version: number;
}

/** The history cannot be written: another version of masterd keeps it. */
export class HistoryFormatError extends Error {
  override readonly name = "HistoryFormatError";
}

/** Only leaders write here, and one at a time: more than that is somebody's fight. */
const MAX_ATTEMPTS = 5;

/** The history, newest first, with a watch; none where there is no node, or one of another format. */
export async function readHistory(
  zk: ZooKeeper,
  path: string,
  options: { watch: Watcher; signal: AbortSignal },
): Promise<readonly PastLeadership[]> {
  const node = await readWatched(zk, path, options);
  const document = node && decodeHistory(node.data);
  return document?.kind === "readable" ? document.leaderships : [];
}

/** The history as it is at this moment, whatever server the session is with. */
export async function readNewestHistory(
  zk: ZooKeeper,
  path: string,
  { signal }: { signal: AbortSignal },
): Promise<readonly PastLeadership[]> {
  return await untilAnswered(async () => {
    await zk.sync(path, { signal });
    return await readHistory(zk, path, { watch: () => {}, signal });
  }, { signal });
}

/**
 * Changes the history. An attempt whose outcome is unknown is settled by reading back: the change of
 * what is changed already must be the same.
 * @throws {TransactionError} of the step `check` if the latch node is gone: leadership is lost
 * @throws {HistoryFormatError}
 */
export async function changeHistory(
  keeper: HistoryKeeper,
  change: (leaderships: readonly PastLeadership[]) => Promise<readonly PastLeadership[]>,
  signal: AbortSignal,
): Promise<WrittenHistory> {
  for (let attempt = 1;; attempt++) {
    const found = await readVersion(keeper, signal);
    const leaderships = await change(found?.leaderships ?? []);
    if (found !== undefined && leaderships === found.leaderships) return found;
    try {
      return await writeHistory(keeper, { leaderships, over: found?.version }, signal);
    } catch (error) {
      if (!isSettledByReading(error) || attempt === MAX_ATTEMPTS) throw error;
      if (found === undefined) await createParent(keeper, signal);
    }
  }
}

/** Writes the history in one transaction over this version of it, or anew where there was none. */
export async function writeHistory(
  { zk, path, acl, latchPath }: HistoryKeeper,
  { leaderships, over: version }: {
    leaderships: readonly PastLeadership[];
    over: number | undefined;
  },
  signal: AbortSignal,
): Promise<WrittenHistory> {
  const data = encodeHistory(leaderships);
  const write: TransactionStep = version === undefined
    ? { kind: "create", path, data, acl }
    : { kind: "setData", path, data, version };
  await zk.multi([{ kind: "check", path: latchPath }, write], { signal });
  return { leaderships, version: version === undefined ? 0 : nextVersion(version) };
}

async function createParent({ zk, path, acl }: HistoryKeeper, signal: AbortSignal): Promise<void> {
  await untilAnswered(() => zk.createPath(parentPath(path), { acl, signal }), { signal });
}

async function readVersion(
  { zk, path, logger }: HistoryKeeper,
  signal: AbortSignal,
): Promise<WrittenHistory | undefined> {
  const node = await untilAnswered(() => zk.getData(path, { signal }), { signal }).catch(
    (error) => {
      if (!isZkError(error, "NoNode")) throw error;
    },
  );
  if (node === undefined) return undefined;
  const { data, stat: { version } } = node;
  const document = decodeHistory(data);
  switch (document.kind) {
    case "readable":
      return { leaderships: document.leaderships, version };
    case "garbage":
      logger.warn("the history is no history, and begins anew", { path, bytes: data.length });
      return { leaderships: [], version };
    case "other-format":
      throw new HistoryFormatError(`${path} is of another version of masterd`);
  }
}

function isSettledByReading(error: unknown): boolean {
  if (isZkError(error, "ConnectionLoss")) return true;
  if (!(error instanceof TransactionError) || error.step.kind === "check") return false;
  return isZkError(error, "BadVersion", "NoNode", "NodeExists");
}

// Versions have 32 bits, and -1, which matches any version, is none.
function nextVersion(version: number): number {
  const next = (version + 1) | 0;
  return next === -1 ? 0 : next;
}
