import { ConfigError } from "../../../config/config_error.ts";
import { parseDuration } from "../../../config/duration.ts";
import type { Collection } from "../../../state/collector.ts";
import { isStateError, StateError } from "../../../state/errors.ts";
import type { BlobInfo } from "../../../storage/storage.ts";
import { EXIT_OK } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { LeaderCalls } from "../../state/leader_calls.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { counted, formatSize, type Paint, table, titlesIn } from "../../state/table.ts";
import { type Style, styleFor } from "../../style.ts";
import { UsageError } from "../../usage_error.ts";

export interface CollectRequest {
  /** Left out: the leader's own. */
  graceMs: number | undefined;
  isDryRun: boolean;
}

/** Lets the leader remove blobs that no entry leads to, and prints which. */
export const gc = stateCommand({ read: requestOf, act: collectGarbage });

function requestOf(options: Options): CollectRequest {
  return { graceMs: graceOf(options.text("grace")), isDryRun: options.flag("dry-run") };
}

function graceOf(text: string | undefined): number | undefined {
  try {
    return text === undefined ? undefined : parseDuration(text);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`--grace: ${error.message}`);
    throw error;
  }
}

export async function collectGarbage(request: CollectRequest, run: StateRun): Promise<number> {
  const { context, isJson } = run;
  const { isDryRun } = request;
  const collection = await collect(request, run);
  if (isJson) context.print(JSON.stringify({ isDryRun, ...collection }));
  else {for (const block of describe(collection, { isDryRun, style: styleFor(context) })) {
      context.print(block);
    }}
  return EXIT_OK;
}

async function collect(
  request: CollectRequest,
  { access, signal }: StateRun,
): Promise<Collection> {
  const calls = new LeaderCalls({ access, signal });
  const canRepeat = () => true;
  try {
    return await calls.call((client, { signal }) => client.collect({ ...request, signal }), {
      canRepeat,
    });
  } catch (error) {
    if (!isStateError(error, "unknown-outcome")) throw error;
    const message = `${error.message}; how much was removed is not known: run it once more`;
    throw new StateError("unknown-outcome", message, { cause: error });
  }
}

function describe(
  { removed, waiting, finishedDeletions: deletions }: Collection,
  { isDryRun, style }: { isDryRun: boolean; style: Style },
): string[] {
  const paint = titlesIn(style);
  const blocks: string[] = [];
  const done = isDryRun ? "WOULD BE REMOVED" : "REMOVED";
  if (removed.length > 0) blocks.push(blobTable(done, removed, paint));
  if (waiting.length > 0) blocks.push(blobTable("WAITING", waiting, paint));
  if (deletions.length > 0) {
    const title = isDryRun ? "DELETION TO BE ENDED" : "DELETION ENDED";
    blocks.push(table([title], deletions.map((name) => [name]), paint));
  }
  const size = formatSize(removed.reduce((sum, { length }) => sum + length, 0));
  const verb = isDryRun ? "would be removed" : "removed";
  const waits = " waiting: this leader has not known them for the whole grace yet";
  const rest = waiting.length === 0 ? "" : `, ${waiting.length}${waits}`;
  blocks.push(`${counted(removed.length, "blob")} (${size}) ${verb}${rest}`);
  return blocks;
}

function blobTable(title: string, blobs: readonly BlobInfo[], paint: Paint): string {
  return table([title, "SIZE"], blobs.map(({ name, length }) => [name, formatSize(length)]), paint);
}
