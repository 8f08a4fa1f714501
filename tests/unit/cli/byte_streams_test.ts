import assert from "node:assert/strict";

const MODULE = new URL("../../../src/cli/byte_streams.ts", import.meta.url).href;

/** What the error of a statement says, whose process has its streams redirected so. */
async function failureOf(statement: string, redirection: string): Promise<string> {
  const script = `import { standardInput, standardOutput } from "${MODULE}";
    const signal = new AbortController().signal;
    try { ${statement} } catch (error) { console.error(error.name + ": " + error.message); }`;
  const { stderr } = await new Deno.Command("sh", {
    args: ["-c", `exec "$0" eval "$1" ${redirection}`, Deno.execPath(), script],
    env: { NO_COLOR: "1" },
    stderr: "piped",
  }).output();
  return new TextDecoder().decode(stderr);
}

Deno.test("standard output that takes no more is told as a file that cannot be written", async () => {
  const said = await failureOf("await standardOutput().write(new Uint8Array(1))", ">/dev/full");
  assert.match(said, /^LocalFileError: Cannot write the output: No space left/m);
});

Deno.test("standard input that cannot be read is told as a file that cannot be read", async () => {
  const said = await failureOf("await standardInput().pieces({ signal }).next()", "</");
  assert.match(said, /^LocalFileError: Cannot read standard input: Is a directory/m);
});
