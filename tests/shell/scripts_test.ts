import assert from "node:assert/strict";
import { join } from "node:path";
import { run, textLines } from "./installation.ts";

const bin = join(import.meta.dirname!, "..", "..", "bin");

Deno.test("the scripts are shellcheck clean", async () => {
  const files = (await scripts()).map(({ file }) => file);
  const outcome = await run("shellcheck", ["--external-sources", ...files], {
    folder: join(bin, ".."),
  }).catch((cause) => {
    throw new Error("Cannot run shellcheck: install it (apt-get install shellcheck)", { cause });
  });
  assert.equal(outcome.lines.join("\n"), "");
  assert.equal(outcome.code, 0);
});

Deno.test("the scripts are short, strict and end with main", async () => {
  for (const { file, text } of await scripts()) {
    assert.ok(text.length <= 100, `${file} has ${text.length} lines`);
    const isSourced = text[0] === "# shellcheck shell=bash";
    if (isSourced) {
      assert.ok(!text.includes('main "$@"'), file);
      continue;
    }
    assert.equal(text[0], "#!/usr/bin/env bash", file);
    assert.ok(text.includes("set -euo pipefail"), file);
    assert.equal(text.at(-1), 'main "$@"', file);
  }
});

async function scripts(): Promise<{ file: string; text: string[] }[]> {
  const { lines: files } = await run("find", [bin, "-name", "*.sh"]);
  assert.ok(files.length > 10);
  return await Promise.all(files.map(async (file) => ({
    file,
    text: await textLines(file),
  })));
}
