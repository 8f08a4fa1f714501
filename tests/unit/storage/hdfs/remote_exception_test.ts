import assert from "node:assert/strict";
import type { StorageErrorKind } from "../../../../src/storage/errors.ts";
import {
  judgeRefusal,
  parseRemoteException,
} from "../../../../src/storage/hdfs/remote_exception.ts";

function answer(exception: string, message = "why"): string {
  return JSON.stringify({ RemoteException: { exception, javaClassName: "x", message } });
}

function judge(status: number, text: string, headers: Record<string, string> = {}) {
  return judgeRefusal(status, new Headers(headers), text);
}

const KINDS: [exception: string, kind: StorageErrorKind][] = [
  ["FileNotFoundException", "not-found"],
  ["FileAlreadyExistsException", "exists"],
  ["AccessControlException", "denied"],
  ["SecurityException", "denied"],
  ["NSQuotaExceededException", "full"],
  ["DSQuotaExceededException", "full"],
  ["QuotaByStorageTypeExceededException", "full"],
  ["SafeModeException", "read-only"],
  ["ParentNotDirectoryException", "failed"],
  ["constructor", "failed"],
];

for (const [exception, kind] of KINDS) {
  Deno.test(`judgeRefusal() takes ${exception} for ${kind}`, () => {
    const refusal = judge(403, answer(exception));
    assert.deepEqual(refusal, {
      kind: "failed",
      error: kind,
      detail: `${exception}: why`,
      exception,
    });
  });
}

Deno.test("judgeRefusal() sends to the next name node on standby, and surely without an effect", () => {
  for (const exception of ["StandbyException", "RetriableException"]) {
    assert.deepEqual(judge(403, answer(exception)), {
      kind: "not-serving",
      detail: `${exception}: why`,
      isCertain: true,
    });
  }
});

Deno.test("judgeRefusal() takes 502, 503 and 504 of a proxy for a name node that does not serve", () => {
  for (const status of [502, 503, 504]) {
    assert.deepEqual(judge(status, "<html><title>Bad\nGateway</title>"), {
      kind: "not-serving",
      detail: `HTTP ${status} Bad`,
      isCertain: false,
    });
  }
});

Deno.test("judgeRefusal() knows that no data node has room", () => {
  const message = "File /x could only be written to 0 of the 1 minReplication nodes.";
  assert.equal((judge(403, answer("IOException", message)) as { error: string }).error, "full");
});

Deno.test("judgeRefusal() says that Kerberos is not spoken, and what to use", () => {
  for (const text of ["<html>Authentication required</html>", answer("AuthenticationException")]) {
    const refusal = judge(401, text, { "WWW-Authenticate": "Negotiate" });
    assert.equal(refusal.kind === "failed" && refusal.error, "denied");
    assert.match(refusal.detail, /Kerberos, which masterd does not speak: use a delegation token/);
  }
});

Deno.test("judgeRefusal() takes an address without WebHDFS for a wrong configuration", () => {
  const refusal = judge(404, "<html><title>Error 404 Not Found</title></html>");
  assert.deepEqual(refusal, {
    kind: "failed",
    error: "misconfigured",
    detail: "HTTP 404 Error 404 Not Found; no WebHDFS answers there",
  });
});

Deno.test("judgeRefusal() takes a bare 401 and 403 for denied", () => {
  for (const status of [401, 403]) {
    assert.deepEqual(judge(status, ""), {
      kind: "failed",
      error: "denied",
      detail: `HTTP ${status}`,
    });
  }
});

Deno.test("parseRemoteException() keeps the first line of a message, and not too much of it", () => {
  const trace = "no\n\tat org.apache.hadoop.A.b(A.java:1)";
  assert.equal(parseRemoteException(answer("E", trace))?.message, "no");
  assert.equal(parseRemoteException(answer("E", "x".repeat(10_000)))?.message.length, 301);
  assert.equal(parseRemoteException(answer("org.x.Outer$Inner"))?.exception, "Inner");
});

Deno.test("parseRemoteException() finds nothing in what is none", () => {
  for (const text of ["", "{", "null", "[]", "{}", '{"RemoteException":null}', "<html>"]) {
    assert.equal(parseRemoteException(text), undefined);
  }
  assert.deepEqual(parseRemoteException('{"RemoteException":{}}'), {
    exception: "unknown exception",
    message: "",
  });
});
