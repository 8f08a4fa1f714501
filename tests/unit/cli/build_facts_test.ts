import assert from "node:assert/strict";
import { formatBuild, parseFacts } from "../../../src/cli/build_facts.ts";
import { VERSION } from "../../../src/daemon/version.ts";

const TEXT = "commit=70bb8ef;time=2026-01-02T03:04:05Z;modified=no;deno=2.6.8;base=x from npm";

Deno.test("formatBuild() tells what a binary was built from", () => {
  const facts = parseFacts(TEXT);
  const [version, commit, base] = formatBuild({ isJson: false, facts }).split("\n");
  assert.equal(version, `masterd ${VERSION}`);
  assert.equal(commit, "commit 70bb8ef, 2026-01-02T03:04:05Z");
  assert.match(base!, /^built by Deno 2\.6\.8 on the base x from npm \(Deno \d.*, V8 .*\)$/);
  const { build } = JSON.parse(formatBuild({ isJson: true, facts }));
  assert.deepEqual(build, {
    commit: "70bb8ef",
    time: "2026-01-02T03:04:05Z",
    isModified: false,
    deno: "2.6.8",
    base: "x from npm",
  });
});

Deno.test("formatBuild() says that the sources were not those of the commit", () => {
  const facts = parseFacts(TEXT.replace("modified=no", "modified=yes"));
  assert.match(formatBuild({ isJson: false, facts }), /05Z, with changes that no commit has\n/);
});

Deno.test("parseFacts() finds nothing in a program that was not built", () => {
  assert.equal(parseFacts(""), undefined);
});
