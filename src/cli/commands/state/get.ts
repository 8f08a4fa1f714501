import { abortable } from "../../../async/abortable.ts";
import { isStateError } from "../../../state/errors.ts";
import { checkName } from "../../../state/state_reader.ts";
import { EXIT_OK } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { entryJson } from "../../state/json.ts";
import { openProgress, showing } from "../../state/progress.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { counted } from "../../state/table.ts";
import { openTarget, type Target } from "../../state/target.ts";
import { UsageError } from "../../usage_error.ts";
import { versionOption } from "../../state/version_option.ts";

export interface GetRequest {
  name: string;
  /** `-` or left out: standard output. */
  path: string | undefined;
  version: bigint | undefined;
}

/** Prints the content of an entry, or writes it to a file. */
export const get = stateCommand({ read: requestOf, act: getEntry });

function requestOf(options: Options): GetRequest {
  const { operands: [name = "", given] } = options;
  checkName(name);
  // As a file it may not be opened (Deno wants all rights for it), and what is said of a file would follow.
  const path = given === "/dev/stdout" ? "-" : given;
  const toOutput = path === undefined || path === "-";
  if (toOutput && options.flag("json")) {
    throw new UsageError("--json tells of a file that was written: name one");
  }
  return { name, path, version: versionOption(options, "version") };
}

export async function getEntry(
  { name, path, version }: GetRequest,
  run: StateRun,
): Promise<number> {
  const { access, context, isJson, signal } = run;
  const reader = await access.reader({ signal });
  const { entry, content } = await reader.get(name, { version, signal });
  const isFile = path !== undefined && path !== "-";
  {
    using progress = await openProgress(`get ${name}`, isFile ? run : { context, isJson: true });
    await using target = await openTarget(path, context);
    const shown = showing(content, { progress, total: entry.length });
    await transfer(shown, target, { isFile, signal });
  }
  if (!isFile) return EXIT_OK;
  if (isJson) context.print(JSON.stringify({ ...entryJson(entry), file: path }));
  else context.print(`${path}: version ${entry.version} of ${name}, ${bytes(entry.length)}`);
  return EXIT_OK;
}

async function transfer(
  content: AsyncIterable<Uint8Array>,
  target: Target,
  { isFile, signal }: { isFile: boolean; signal: AbortSignal },
): Promise<void> {
  let written = 0;
  try {
    for await (const piece of content) {
      // Whoever reads from a pipe may take their time.
      if (!await abortable(target.write(piece), signal)) return;
      written += piece.length;
    }
  } catch (error) {
    const isTold = isFile || written === 0 || !isStateError(error, "broken");
    if (isTold) throw error;
    error.message += `; the ${bytes(written)} that were printed are not to be used`;
    throw error;
  }
  await target.complete();
}

function bytes(count: number): string {
  return counted(count, "byte");
}
