import assert from "node:assert/strict";
import { answering, nameOf, settleViews } from "../../../../src/cli/status/master_views.ts";
import { masterAnswer, unreachable, view } from "./pictures.ts";

function summary(...[views]: Parameters<typeof settleViews>) {
  return settleViews(views).map((view) => [
    nameOf(view),
    view.expected?.host ?? "-",
    view.answer.kind,
  ]);
}

Deno.test("settleViews() gives a line that nobody serves the master of its host elsewhere", () => {
  const moved = view("A", masterAnswer("a", { webuiPort: 9001 }), {
    expected: undefined,
    port: 9001,
  });
  const gone = view("a", unreachable(), { isRegistered: false });
  assert.deepEqual(summary([gone, view("b"), moved]), [
    ["A:9001", "a", "master"],
    ["b:8081", "b", "master"],
  ]);
  // It was there a moment ago.
  assert.deepEqual(summary([view("a", unreachable()), moved]), [
    ["a:8081", "a", "unreachable"],
    ["A:9001", "-", "master"],
  ]);
});

Deno.test("settleViews() moves no master away from its line, nor to another host", () => {
  const other = view("a", masterAnswer("a", { pid: 2 }), { expected: undefined, port: 9001 });
  assert.deepEqual(summary([view("a"), view("b", unreachable()), other]), [
    ["a:8081", "a", "master"],
    ["b:8081", "b", "unreachable"],
    ["a:9001", "-", "master"],
  ]);
});

Deno.test("settleViews() counts one process once, under its own name", () => {
  const views = [view("10.0.0.1", masterAnswer("a")), view("a")];
  const [alias, own] = settleViews(views);
  assert.deepEqual(alias?.answer, { kind: "foreign", fact: "the master a:8081 answers there" });
  assert.equal(own?.answer.kind, "master");
  assert.equal(settleViews([view("10.0.0.1", masterAnswer("a"))])[0]?.answer.kind, "master");
});

Deno.test("answering() leaves out who did not answer", () => {
  assert.deepEqual(answering([view("a", unreachable()), view("b")]).map(nameOf), ["b:8081"]);
});

Deno.test("nameOf() writes IPv6 in brackets, and no port that nobody knows", () => {
  assert.equal(nameOf({ host: "::1", port: 8081 }), "[::1]:8081");
  assert.equal(nameOf({ host: "a", port: undefined }), "a");
});
