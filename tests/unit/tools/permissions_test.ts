import assert from "node:assert/strict";
import { ENVIRONMENT_VARIABLES } from "../../../src/config/environment.ts";

const PERMISSIONS = new URL("../../../tools/permissions.sh", import.meta.url).pathname;

// The package yaml reads these at the first parse, and throws when it may not.
const OF_YAML = ["LOG_TOKENS", "LOG_STREAM"];

Deno.test("permissions.sh allows to read the variables of the configuration and no others", async () => {
  const { stdout } = await new Deno.Command(PERMISSIONS).output();
  const flag = new TextDecoder().decode(stdout).split("\n").find((line) => line.includes("env"));
  const allowed = flag?.replace("--allow-env=", "").split(",").sort();
  assert.deepEqual(allowed, [...ENVIRONMENT_VARIABLES, ...OF_YAML].sort());
});
