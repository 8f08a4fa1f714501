import assert from "node:assert/strict";
import { CREATOR_ACL, OPEN_ACL } from "../../../src/zookeeper/acls.ts";
import { InvalidArgumentError } from "../../../src/zookeeper/errors.ts";
import { Chroot } from "../../../src/zookeeper/paths.ts";
import {
  encodeStep,
  stepResults,
  TransactionError,
  type TransactionStep,
} from "../../../src/zookeeper/transaction.ts";
import type { MultiReply } from "../../../src/zookeeper/wire/multi.ts";

const CHROOT = new Chroot("/app");
const DATA = new Uint8Array([1]);
const STAT = {
  czxid: 1n,
  mzxid: 1n,
  ctime: 1n,
  mtime: 1n,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  dataLength: 0,
  numChildren: 0,
  pzxid: 1n,
};
const STEPS: TransactionStep[] = [
  { kind: "create", path: "/a-", data: DATA, mode: "ephemeralSequential", acl: CREATOR_ACL },
  { kind: "check", path: "/b", version: 3 },
  { kind: "setData", path: "/c", data: DATA, version: 0 },
  { kind: "delete", path: "/" },
];

function errors(...codes: number[]): MultiReply[] {
  return codes.map((error) => ({ kind: "error", error }));
}

function failureOf(replies: MultiReply[]): TransactionError {
  try {
    stepResults(STEPS, replies, CHROOT);
  } catch (error) {
    assert.ok(error instanceof TransactionError);
    return error;
  }
  assert.fail("it did not fail");
}

Deno.test("encodeStep() puts each step below the chroot", () => {
  assert.deepEqual(STEPS.map((step) => encodeStep(step, CHROOT)), [
    {
      operation: "create2",
      body: { path: "/app/a-", data: DATA, acl: CREATOR_ACL, flags: 3 },
    },
    { operation: "check", body: { path: "/app/b", version: 3 } },
    { operation: "setData", body: { path: "/app/c", data: DATA, version: 0 } },
    { operation: "delete", body: { path: "/app", version: -1 } },
  ]);
});

Deno.test("encodeStep() fills in what is left out", () => {
  assert.deepEqual(encodeStep({ kind: "create", path: "/a" }, CHROOT).body, {
    path: "/app/a",
    data: new Uint8Array(),
    acl: OPEN_ACL,
    flags: 0,
  });
  assert.deepEqual(encodeStep({ kind: "check", path: "/a" }, CHROOT).body, {
    path: "/app/a",
    version: -1,
  });
});

Deno.test("encodeStep() refuses a bad path", () => {
  assert.throws(() => encodeStep({ kind: "delete", path: "/a/" }, CHROOT), InvalidArgumentError);
  assert.throws(() => encodeStep({ kind: "create", path: "/a/" }, CHROOT), InvalidArgumentError);
  encodeStep({ kind: "create", path: "/a/", mode: "persistentSequential" }, CHROOT);
});

Deno.test("stepResults() gives each step its result, in the caller's paths", () => {
  const results = stepResults(
    STEPS,
    [
      { kind: "created", path: "/app/a-0000000007", stat: STAT },
      { kind: "done" },
      { kind: "stat", stat: STAT },
      { kind: "done" },
    ],
    CHROOT,
  );
  assert.deepEqual(results, [
    { kind: "created", path: "/a-0000000007", stat: STAT },
    { kind: "done" },
    { kind: "stat", stat: STAT },
    { kind: "done" },
  ]);
});

Deno.test("stepResults() of an empty transaction are none", () => {
  assert.deepEqual(stepResults([], [], CHROOT), []);
});

Deno.test("stepResults() names the step that failed, though the header says success", () => {
  const error = failureOf(errors(0, -103, -2, -2));
  assert.equal(error.code, "BadVersion");
  assert.equal(error.index, 1);
  assert.equal(error.step, STEPS[1]);
  assert.equal(error.path, "/b");
  assert.equal(error.message, "Cannot multi step 1 check /b: BadVersion");
});

Deno.test("stepResults() names the first and the last step as well", () => {
  assert.deepEqual([failureOf(errors(-101, -2, -2, -2))].map(({ index, code }) => [index, code]), [
    [0, "NoNode"],
  ]);
  assert.deepEqual([failureOf(errors(0, 0, 0, -111))].map(({ index, code }) => [index, code]), [
    [3, "NotEmpty"],
  ]);
});

Deno.test("stepResults() never takes a list of errors for success", () => {
  assert.equal(failureOf(errors(0, 0, 0, 0)).index, 0);
  assert.equal(failureOf(errors(-2, -2, -2, -2)).code, "RuntimeInconsistency");
  assert.equal(failureOf(errors(0, -999, -2, -2)).code, "Unknown(-999)");
});
