import assert from "node:assert/strict";
import { ConfigError, formatProblem } from "../../../src/config/config_error.ts";

/** The problems that `read` throws, as people see them; fails if it throws none. */
export function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(formatProblem);
    throw error;
  }
  assert.fail("no ConfigError was thrown");
}
