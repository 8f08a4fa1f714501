import assert from "node:assert/strict";
import { isZkError, toErrorCode, ZkError } from "../../../src/zookeeper/errors.ts";

Deno.test("toErrorCode() gives the server's codes their names", () => {
  assert.equal(toErrorCode(-101), "NoNode");
  assert.equal(toErrorCode(-127), "ThrottledOp");
});

Deno.test("toErrorCode() takes a code that it does not know", () => {
  assert.equal(toErrorCode(-999), "Unknown(-999)");
});

Deno.test("ZkError names the act, the path, the fact and the cause", () => {
  const cause = new Error("reset by peer");
  const error = new ZkError("ConnectionLoss", {
    operation: "getData",
    path: "/a",
    detail: "not sent",
    cause,
  });
  assert.equal(error.message, "Cannot getData /a: ConnectionLoss (not sent)");
  assert.equal(error.cause, cause);
  assert.deepEqual([error.code, error.operation, error.path], ["ConnectionLoss", "getData", "/a"]);
});

Deno.test("ZkError of an operation without a path names the operation alone", () => {
  assert.equal(
    new ZkError("NoAuth", { operation: "whoAmI" }).message,
    "Cannot whoAmI: NoAuth",
  );
});

Deno.test("isZkError() decides by code", () => {
  const error = new ZkError("NoNode", { operation: "getData" });
  assert.equal(isZkError(error, "NodeExists", "NoNode"), true);
  assert.equal(isZkError(error, "NodeExists"), false);
  assert.equal(isZkError(new Error("Cannot getData: NoNode"), "NoNode"), false);
  assert.equal(isZkError(undefined, "NoNode"), false);
});
