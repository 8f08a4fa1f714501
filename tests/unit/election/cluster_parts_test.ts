import assert from "node:assert/strict";
import { isPart, kindOf, possibleParts } from "../../../src/election/cluster_parts.ts";

const JOB = "0123456789abcdef0123456789abcdef";

Deno.test("possibleParts() are the children whose names masterd or Flink use", () => {
  const children = ["masterd", "leader", "jobs", "a", "Jobs", "masterd2", "constructor"];
  assert.deepEqual(possibleParts(children), ["masterd", "leader", "jobs"]);
});

const PARTS: readonly (readonly [name: string, child: string])[] = [
  ["masterd", "masters"],
  ["masterd", "state"],
  ["masterd", "switchover"],
  ["leader", "latch"],
  ["leader", "rest_server"],
  ["leader", "resource_manager_lock"],
  ["leaderlatch", "dispatcher_lock"],
  ["jobs", JOB],
  ["jobgraphs", JOB],
  ["execution-plans", JOB],
  ["checkpoints", JOB],
  ["checkpoint-counter", JOB],
  ["running_job_registry", JOB],
];
for (const [name, child] of PARTS) {
  Deno.test(`isPart() is true for ${name} above ${child}`, () => {
    assert.ok(isPart(name, ["of somebody else", child]));
  });
}

const OTHERS: readonly (readonly [name: string, ...children: string[]])[] = [
  ["masterd"],
  ["masterd", "masterd", "leader"],
  ["leader", "latches", "rest_server_lock2", "leader", "masterd"],
  ["jobs", "leader", "masterd", JOB.toUpperCase(), `${JOB}0`],
  ["unknown", JOB, "latch"],
];
for (const [name, ...children] of OTHERS) {
  Deno.test(`isPart() is false for ${name} above ${children.join(", ") || "nothing"}`, () => {
    assert.ok(!isPart(name, children));
  });
}

Deno.test("kindOf() tells whose cluster has these parts", () => {
  assert.equal(kindOf(new Set(["masterd"])), "masterd");
  assert.equal(kindOf(new Set(["leader", "masterd", "jobs"])), "masterd");
  assert.equal(kindOf(new Set(["leader"])), "flink");
  assert.equal(kindOf(new Set(["checkpoints"])), "flink");
  assert.equal(kindOf(new Set()), undefined);
});
