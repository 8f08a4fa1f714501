import assert from "node:assert/strict";
import { join } from "node:path";
import { run, textLines } from "./installation.ts";

const bin = join(import.meta.dirname!, "..", "..", "bin");
const sourced = ["config", "on-host", "pid-file", "process", "session", "start", "stop"];

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
  for (const { file, name, text } of await scripts()) {
    assert.ok(text.length <= 100, `${file} has ${text.length} lines`);
    if (sourced.includes(name)) continue;
    assert.equal(text[0], "#!/usr/bin/env bash", file);
    assert.ok(text.includes("set -euo pipefail"), file);
    assert.equal(text.at(-1), 'main "$@"', file);
  }
});

async function scripts(): Promise<{ file: string; name: string; text: string[] }[]> {
  const { lines: files } = await run("find", [bin, "-name", "*.sh"]);
  assert.ok(files.length > sourced.length);
  return await Promise.all(files.map(async (file) => ({
    file,
    name: file.slice(file.lastIndexOf("/") + 1, -".sh".length),
    text: await textLines(file),
  })));
}
