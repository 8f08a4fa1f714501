import { backoff } from "../../async/backoff.ts";
import { delay } from "../../async/delay.ts";
import { StorageError } from "../errors.ts";
import type { Bytes } from "../storage.ts";
import { DataAttempts } from "./data_attempts.ts";
import { type Act, OutcomeUnknown } from "./name_nodes.ts";
import { RepeatableContent } from "./repeatable_content.ts";
import type { WebHdfs } from "./webhdfs.ts";

const MAX_RENAMES = 5;
const PAUSES = { initialMs: 100, maxMs: 2000 };

/** Which file to write, and how. */
export interface FileWrite extends Act {
  path: string;
  /** A new name for each attempt, in the same folder. */
  temporaryPath: () => string;
  /** What remains of an attempt that failed is to be deleted. */
  onLeftover: (path: string) => void;
}

/** What is known of a rename: the answer, if one came, and what is there now. */
interface RenameFacts {
  answer: "renamed" | "refused" | "unknown";
  /** True: an earlier answer did not come either. */
  wasUnknown: boolean;
  /** Bytes of the file of the new name, if there is one. */
  target: number | undefined;
  /** Bytes of the file of the temporary name, if it is there still. */
  source: number | undefined;
  /** What was written. */
  length: number;
}

/**
 * Writes a new file: into a temporary one, which is then renamed. HDFS renames whole or not at all, and
 * never over a file that exists. Each attempt at a data node begins anew, as long as no more than 8 MiB
 * were read from the content; that is also the memory it takes, and one piece.
 * @throws {StorageError} `exists` if the name is taken
 */
export async function writeFile(
  webHdfs: WebHdfs,
  content: Bytes,
  write: FileWrite,
): Promise<void> {
  using repeatable = new RepeatableContent(content);
  const attempts = new DataAttempts();
  while (true) {
    // Also finds the active name node: one on standby would send the whole content to a data node
    // that cannot use it.
    if (await webHdfs.lengthOf(write.path, write) !== undefined) throw taken(write);
    const temporary = write.temporaryPath();
    try {
      await webHdfs.create(temporary, repeatable.read(), { ...write, failed: attempts.failed });
      return await moveIntoPlace(webHdfs, temporary, { ...write, length: repeatable.length });
    } catch (error) {
      write.onLeftover(temporary);
      if (repeatable.failure) throw repeatable.failure.error;
      if (!repeatable.isRepeatable) throw error;
      await attempts.waitAfter(error, write);
    }
  }
}

async function moveIntoPlace(
  webHdfs: WebHdfs,
  temporary: string,
  write: FileWrite & { length: number },
): Promise<void> {
  const { path, length } = write;
  const pauses = backoff(PAUSES);
  let wasUnknown = false;
  for (let count = 1;; count++) {
    const answer = await renameOnce(webHdfs, temporary, write);
    if (answer === "renamed") return;
    wasUnknown ||= answer === "unknown";
    // In this order: between the two looks the rename may still happen, and then both are missing.
    const target = await webHdfs.lengthOf(path, write);
    const source = await webHdfs.lengthOf(temporary, write);
    const verdict = judgeRename({ answer, wasUnknown, target, source, length });
    if (verdict === "done") return;
    if (verdict === "taken") throw taken(write);
    if (verdict === "refused" || count === MAX_RENAMES) throw notRenamed(write, verdict);
    await delay(pauses.next().value, write);
  }
}

async function renameOnce(
  webHdfs: WebHdfs,
  temporary: string,
  write: FileWrite,
): Promise<RenameFacts["answer"]> {
  try {
    return await webHdfs.rename(temporary, write.path, write) ? "renamed" : "refused";
  } catch (error) {
    if (error instanceof OutcomeUnknown) return "unknown";
    throw error;
  }
}

/** What became of a rename that was not answered with success. */
export function judgeRename(facts: RenameFacts): "done" | "taken" | "refused" | "open" {
  const { answer, wasUnknown, target, source, length } = facts;
  if (target !== undefined && source !== undefined) return "taken";
  // The temporary name is nobody else's: only our own rename can have taken it away.
  if (target !== undefined) return wasUnknown && target === length ? "done" : "taken";
  // Both missing: it happened between the two looks, which the next attempt finds out.
  return wasUnknown && (answer === "unknown" || source === undefined) ? "open" : "refused";
}

function taken({ act }: Act): StorageError {
  return new StorageError("exists", `Cannot ${act}: the name is taken`);
}

function notRenamed({ act }: Act, verdict: "refused" | "open"): StorageError {
  return verdict === "refused"
    ? new StorageError("failed", `Cannot ${act}: HDFS refuses to rename the temporary file`)
    : new StorageError("unavailable", `Cannot ${act}: it is not known if it was renamed`);
}
