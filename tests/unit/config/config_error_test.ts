import assert from "node:assert/strict";
import {
  ConfigError,
  formatProblem,
  invalidValue,
  ProblemList,
} from "../../../src/config/config_error.ts";

Deno.test("formatProblem() names file, line and key", () => {
  assert.equal(
    formatProblem({ file: "conf/masters", line: 3, key: "k", message: "is wrong" }),
    "conf/masters:3: k: is wrong",
  );
  assert.equal(
    formatProblem({ file: "conf/masters", message: "is wrong" }),
    "conf/masters: is wrong",
  );
  assert.equal(formatProblem({ origin: "-D", key: "k", message: "is wrong" }), "-D: k: is wrong");
  assert.equal(formatProblem({ message: "is wrong" }), "is wrong");
});

Deno.test("ConfigError has a line for every problem", () => {
  const error = new ConfigError([{ message: "one" }, { message: "two" }]);
  assert.equal(error.message, "one\ntwo");
});

Deno.test("ProblemList gathers problems and gives them their place", () => {
  const problems = new ProblemList();
  problems.throwIfAny();
  assert.equal(problems.attempt({ file: "f" }, () => 7), 7);
  const read = () => {
    throw invalidValue("x", "is wrong");
  };
  assert.equal(problems.attempt({ file: "f", line: 2 }, read), undefined);
  assert.throws(() => problems.throwIfAny(), { message: "f:2: is wrong" });
});

Deno.test("ProblemList lets other errors pass", async () => {
  const problems = new ProblemList();
  const bug = new TypeError("a bug");
  assert.throws(() =>
    problems.attempt({}, () => {
      throw bug;
    }), bug);
  await assert.rejects(problems.attemptAsync(() => Promise.reject(bug)), bug);
});
