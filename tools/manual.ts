import { LISTED_COMMANDS } from "../src/cli/commands.ts";
import { KEYS } from "../src/config/keys.ts";
import { VERSION } from "../src/daemon/version.ts";
import { keyTables } from "./manual/key_table.ts";
import { manPage } from "./manual/man_page.ts";

// Writes what of docs is made from the code: `tools/deno.sh run -A tools/manual.ts`.

const docs = new URL("../docs/", import.meta.url);
const BEGIN = "<!-- Written by tools/manual.ts from src/config/keys.ts: change that. -->\n";
const END = "<!-- Here ends what is written by tools/manual.ts. -->\n";

/** The files that are made, or made in part, from the code: what they hold, and what they should. */
export async function manual(): Promise<{ file: URL; actual: string; expected: string }[]> {
  const pages = {
    "configuration.md": withTables,
    "masterd.1": () => manPage(LISTED_COMMANDS, VERSION),
  };
  return await Promise.all(
    Object.entries(pages).map(async ([name, write]) => {
      const file = new URL(name, docs);
      const actual = await Deno.readTextFile(file).catch(() => "");
      return { file, actual, expected: write(actual) };
    }),
  );
}

function withTables(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error("docs/configuration.md lost its marks");
  return `${before}${BEGIN}\n${keyTables(Object.values(KEYS))}\n\n${END}${after}`;
}

if (import.meta.main) {
  for (const { file, expected } of await manual()) await Deno.writeTextFile(file, expected);
}
