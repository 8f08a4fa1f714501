import type { Entry } from "../../../state/entry.ts";
import type { EntryList } from "../../../state/state_reader.ts";
import { EXIT_FAILED, EXIT_OK } from "../../exit_code.ts";
import { entryJson } from "../../state/json.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { formatSize, table, titlesIn } from "../../state/table.ts";
import { printable } from "../../state/text.ts";
import { type Style, styleFor } from "../../style.ts";

/** Prints the entries; those that cannot be used are named on standard error. */
export const ls = stateCommand({ read: () => undefined, act: (_, run) => listEntries(run) });

export async function listEntries({ access, context, isJson, signal }: StateRun): Promise<number> {
  const reader = await access.reader({ signal });
  const list = await reader.list({ signal });
  if (isJson) context.print(toJson(list));
  else if (list.entries.length > 0) context.print(toTable(list.entries, styleFor(context)));
  else context.printError("there is no entry");
  for (const { name, problem } of list.broken) {
    context.printError(`masterd: ${printable(name)} is broken: ${printable(problem)}`);
  }
  return list.broken.length === 0 ? EXIT_OK : EXIT_FAILED;
}

function toTable(entries: readonly Entry[], style: Style): string {
  return table(
    ["NAME", "VERSION", "SIZE", "EPOCH", "WRITTEN"],
    entries.map(({ name, version, length, epoch, writtenAt }) => [
      name,
      String(version),
      formatSize(length),
      String(epoch),
      writtenAt,
    ]),
    titlesIn(style),
  );
}

function toJson({ entries, broken }: EntryList): string {
  return JSON.stringify({ entries: entries.map(entryJson), broken });
}
