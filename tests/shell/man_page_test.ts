import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "./installation.ts";

const page = join(import.meta.dirname!, "..", "..", "docs", "masterd.1");

Deno.test("groff shows the man page without a warning", async () => {
  const { code, lines, errors } = await run("groff", ["-ww", "-man", "-Tascii", "-P-cbou", page]);
  assert.deepEqual([code, errors], [0, ""]);
  const text = lines.join("\n");
  assert.match(text, /masterd switchover \[options\]/);
  assert.match(text, /EXIT STATUS/);
});
