import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { Installation, lines } from "./installation.ts";

/** A program that prints the words that follow `status`, and ends with 75; else it is the stand-in. */
const PROGRAM = `#!/usr/bin/env bash
[[ $1 == status ]] || exec "\${MASTERD_HOME}/masterd" "$@"
printf '%s\\n' "\${@:2}"
printf 'a line is missing\\n' >&2
exit 75
`;

Deno.test("cluster-status.sh asks the binary, with the folder of the configuration and every argument", async () => {
  await using installation = await Installation.create("a home");
  const program = installation.path("program");
  await writeFile(program, PROGRAM, { mode: 0o755 });
  const args = ["--wait", "30", "-D", "a=b  c", "--json"];
  const environment = { MASTERD_BIN: program };
  const outcome = await installation.run("cluster-status.sh", args, { environment });
  assert.deepEqual(outcome, {
    code: 75,
    lines: ["--configDir", installation.path("conf"), ...args],
    errors: lines("a line is missing"),
  });
});

Deno.test("cluster-status.sh takes the folder of the configuration from the environment", async () => {
  await using installation = await Installation.create();
  const program = installation.path("program");
  await writeFile(program, PROGRAM, { mode: 0o755 });
  await installation.answer({ "script-env": lines("ha\tnone") }, "other");
  const environment = { MASTERD_BIN: program, FLINK_CONF_DIR: installation.path("other") };
  const outcome = await installation.run("cluster-status.sh", [], { environment });
  assert.deepEqual(outcome.lines, ["--configDir", installation.path("other")]);
});
