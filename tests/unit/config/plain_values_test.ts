import assert from "node:assert/strict";
import {
  parseBoolean,
  parseChoice,
  parseInteger,
  parsePath,
  parseText,
} from "../../../src/config/plain_values.ts";
import { problemsOf } from "./problems.ts";

Deno.test("parseText() refuses what would break a line of the scripts", () => {
  assert.equal(parseText(" -p 2222 "), "-p 2222");
  for (const text of ["a\nb", "a\tb", "a\u0000"]) {
    assert.match(problemsOf(() => parseText(text)).join(), /holds control characters/);
  }
});

Deno.test("parsePath() counts relative paths from the installation", () => {
  const context = { homeDir: "/opt/masterd" };
  assert.equal(parsePath("run", context), "/opt/masterd/run");
  assert.equal(parsePath("/run/masterd/", context), "/run/masterd");
});

Deno.test("parseBoolean() reads true and false in any case and nothing else", () => {
  assert.equal(parseBoolean("True"), true);
  assert.equal(parseBoolean("false"), false);
  assert.deepEqual(problemsOf(() => parseBoolean("yes")), [
    '"yes" is none of the possible values: true, false',
  ]);
});

Deno.test("parseInteger() keeps to its limits", () => {
  const limits = { min: 1, max: 10 };
  assert.equal(parseInteger("10", limits), 10);
  for (const text of ["0", "11", "1.5", "x", "", "-1"]) {
    const [problem] = problemsOf(() => parseInteger(text, limits));
    assert.match(problem!, /is not a whole number from 1 to 10/);
  }
});

Deno.test("parseChoice() is not misled by what every object has", () => {
  assert.match(problemsOf(() => parseChoice("constructor", { a: 1 })).join(), /: a$/);
});
