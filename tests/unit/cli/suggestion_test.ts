import assert from "node:assert/strict";
import { suggestion } from "../../../src/cli/suggestion.ts";

const NAMES = ["status", "state", "switchover", "to"];

Deno.test("suggestion() is the only name that begins so, or else the nearest", () => {
  const cases: [typed: string, meant: string | undefined][] = [
    ["switch", "switchover"],
    ["statu", "status"],
    ["stat", "state"],
    ["swichover", "switchover"],
    ["t", "to"],
    ["ot", "to"],
    ["x", undefined],
    ["qqqqqqq", undefined],
  ];
  for (const [typed, meant] of cases) assert.equal(suggestion(typed, NAMES), meant, typed);
});
