import type { EntryVersion } from "../../../state/entry.ts";
import { checkName } from "../../../state/state_reader.ts";
import { EXIT_OK } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { entryJson } from "../../state/json.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { formatSize, table, titlesIn } from "../../state/table.ts";
import { type Style, styleFor } from "../../style.ts";

/** Prints the versions of an entry that are kept, newest first. */
export const history = stateCommand({ read: nameOf, act: listVersions });

function nameOf({ operands: [name = ""] }: Options): string {
  checkName(name);
  return name;
}

export async function listVersions(
  name: string,
  { access, context, isJson, signal }: StateRun,
): Promise<number> {
  const reader = await access.reader({ signal });
  const versions = await reader.history(name, { signal });
  if (isJson) context.print(JSON.stringify({ name, versions: versions.map(entryJson) }));
  else context.print(toTable(versions, styleFor(context)));
  return EXIT_OK;
}

function toTable(versions: readonly EntryVersion[], style: Style): string {
  return table(
    ["VERSION", "SIZE", "EPOCH", "WRITTEN", "SHA-256"],
    versions.map(({ version, length, epoch, writtenAt, sha256 }) => [
      String(version),
      formatSize(length),
      String(epoch),
      writtenAt,
      sha256,
    ]),
    titlesIn(style),
  );
}
