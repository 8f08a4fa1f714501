import assert from "node:assert/strict";
import {
  decodeOrder,
  decodeReport,
  encodeLine,
  type GuardOrder,
  GuardProtocolError,
  type GuardReport,
  type RunOrder,
} from "../../../src/workload/guard_protocol.ts";

const RUN: RunOrder = {
  kind: "run",
  command: ["sleep", "a b", "line\nend"],
  environment: { MASTERD_EPOCH: "17" },
  logFile: "/log/command.log",
  logMaxBytes: 1000,
  logKept: 0,
  deadline: null,
  stopGraceMs: 0.5,
};

const ORDERS: readonly GuardOrder[] = [
  { kind: "clock", id: 0 },
  RUN,
  { ...RUN, cwd: "/tmp", deadline: 12.5 },
  { kind: "deadline", deadline: 1e9 },
  { kind: "deadline", deadline: null },
  { kind: "signal", signal: "SIGHUP" },
  { kind: "stop", graceMs: 0 },
];

const REPORTS: readonly GuardReport[] = [
  { kind: "clock", id: 3, now: 0.25 },
  { kind: "ready", workloadId: "3f2a-b_C" },
  { kind: "ready", workloadId: "3f2a-b_C", cgroup: "/sys/fs/cgroup/a" },
  { kind: "started", pid: 17 },
  { kind: "not-started", error: "no such file", isPermanent: true },
  { kind: "expiring" },
  { kind: "ended", code: 3, signal: null, cause: "exit", leftovers: 0 },
  { kind: "ended", code: null, signal: "SIGKILL", cause: "deadline", leftovers: 2 },
  { kind: "ended", code: null, signal: "SIGKILL", cause: "deadline", leftovers: null },
];

Deno.test("encodeLine() writes one line that is decoded again", () => {
  for (const order of ORDERS) {
    const line = encodeLine(order);
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.deepEqual(decodeOrder(line), order);
  }
  for (const report of REPORTS) assert.deepEqual(decodeReport(encodeLine(report)), report);
});

Deno.test("decodeOrder() and decodeReport() refuse what is no document", () => {
  for (const line of ["", "nonsense", "{", "[]", "null", '"run"', "{}", '{"kind":1}']) {
    assert.throws(() => decodeOrder(line), GuardProtocolError);
    assert.throws(() => decodeReport(line), GuardProtocolError);
  }
  assert.throws(() => decodeOrder('{"kind":"ended"}'), /No order is called "ended"/);
  assert.throws(() => decodeReport('{"kind":"toString"}'), /No report is called "toString"/);
  assert.throws(() => decodeOrder("nonsense"), /Not JSON, so no order: "nonsense"/);
});

Deno.test("decodeOrder() names the field that is wrong, and what would be right", () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ ...RUN, command: [] }, /"run", command is not a list of words, the first of which is/],
    [{ ...RUN, command: [""] }, /command/],
    [{ ...RUN, command: ["a", 1] }, /command/],
    [{ ...RUN, command: ["a\0b"] }, /command/],
    [{ ...RUN, environment: { A: 1 } }, /environment is not an object of texts/],
    [{ ...RUN, environment: [] }, /environment/],
    [{ ...RUN, environment: { "A.B": "1" } }, /environment is not .* whose names a shell knows/],
    [{ ...RUN, environment: { "": "1" } }, /environment/],
    [{ ...RUN, cwd: 1 }, /cwd is not a text/],
    [{ ...RUN, logMaxBytes: 0 }, /logMaxBytes is not a whole number from 1 on/],
    [{ ...RUN, logKept: -1 }, /logKept is not a whole number from 0 on/],
    [{ ...RUN, deadline: undefined }, /deadline is not a number, or null/],
    [{ ...RUN, stopGraceMs: -1 }, /stopGraceMs is not a number from 0 on/],
    [{ kind: "deadline" }, /deadline/],
    [{ kind: "deadline", deadline: "soon" }, /deadline/],
    [{ kind: "signal", signal: "HUP" }, /signal is not the name of a signal/],
    [{ kind: "stop", graceMs: null }, /graceMs/],
    [{ kind: "clock", id: 0.5 }, /id/],
  ];
  for (const [order, message] of wrong) {
    assert.throws(() => decodeOrder(JSON.stringify(order)), {
      name: "GuardProtocolError",
      message,
    });
  }
});

Deno.test("decodeReport() names the field that is wrong", () => {
  const ended = { kind: "ended", code: 0, signal: null, cause: "exit", leftovers: 0 };
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ ...ended, cause: "bored" }, /cause is not exit, stop or deadline/],
    [{ ...ended, code: -1 }, /code/],
    [{ ...ended, leftovers: -1 }, /leftovers/],
    [{ kind: "ready", workloadId: "a b" }, /workloadId is not letters, digits/],
    [{ kind: "started" }, /pid/],
    [{ kind: "not-started", error: "", isPermanent: 1 }, /isPermanent is not true or false/],
  ];
  for (const [report, message] of wrong) {
    assert.throws(() => decodeReport(JSON.stringify(report)), { message });
  }
});

Deno.test("a very long line is not told whole", () => {
  assert.throws(
    () => decodeOrder("x".repeat(100_000)),
    (error: Error) => error.message.length < 300,
  );
});
