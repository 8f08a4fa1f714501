import assert from "node:assert/strict";
import * as exitCodes from "../../../src/cli/exit_code.ts";
import { flatCommands } from "../../../src/cli/command.ts";
import { LISTED_COMMANDS } from "../../../src/cli/commands.ts";
import { manual } from "../../../tools/manual.ts";
import { markdownTable } from "../../../tools/manual/key_table.ts";
import { manPage } from "../../../tools/manual/man_page.ts";
import { EXIT_CODES } from "../../../tools/manual/reference.ts";

Deno.test("the pages of docs that are made from the code are as the code is now", async () => {
  for (const { file, actual, expected } of await manual()) {
    assert.ok(actual === expected, `${file.pathname} is stale: \`make manual\` writes it`);
  }
});

Deno.test("EXIT_CODES names every exit code of the code", () => {
  const used = Object.values(exitCodes).filter((value) => typeof value === "number");
  const named = EXIT_CODES.map(([code]) => code).filter((code) => code < 128);
  assert.deepEqual([...new Set(used)].sort(), named.sort());
});

Deno.test("manPage() has every command, and nothing that roff would take for an order", () => {
  const page = manPage(LISTED_COMMANDS, "1.2.3");
  for (const [name] of flatCommands(LISTED_COMMANDS)) {
    assert.ok(page.includes(`\nmasterd ${name.replaceAll("-", "\\-")} `), name);
  }
  const known = /^\.(\\"|TH|SH|SS|B|I|TP|PP|RS|RE|nf|fi|sp)( |$)/;
  const orders = page.split("\n").filter((line) => /^[.']/.test(line));
  assert.deepEqual(orders.filter((line) => !known.test(line)), []);
});

Deno.test("markdownTable() keeps what looks like the end of a cell", () => {
  assert.equal(
    markdownTable(["A", "B"], [["a|b", ""]]),
    "| A    | B |\n| ---- | - |\n| a\\|b |   |",
  );
});
