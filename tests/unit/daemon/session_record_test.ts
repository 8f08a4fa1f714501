import assert from "node:assert/strict";
import { decodeRecord, encodeRecord } from "../../../src/daemon/session_record.ts";

const RECORD = {
  quorum: "zk1:2181,[::1]:2182/flink",
  credentials: { id: -0x7ffe_0000_0000_0001n, password: new Uint8Array(16).fill(0xfe) },
  workloads: [{ id: "ab-1_2", cgroup: "/sys/fs/cgroup/masterd-ab-1_2" }, {
    id: "x",
    cgroup: undefined,
  }],
};

function changed(change: (fields: Record<string, unknown>) => void): Uint8Array {
  const fields = JSON.parse(new TextDecoder().decode(encodeRecord(RECORD)));
  change(fields);
  return bytesOf(`${JSON.stringify(fields)}\n`);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("decodeRecord() reads what encodeRecord() wrote, also session ids above 2^63", () => {
  assert.deepEqual(decodeRecord(encodeRecord(RECORD)), RECORD);
});

Deno.test("decodeRecord() passes over the rest of a longer record that was not cut off yet", () => {
  const text = new TextDecoder().decode(encodeRecord(RECORD));
  assert.deepEqual(decodeRecord(bytesOf(`${text}":[]}\n`)), RECORD);
});

Deno.test("decodeRecord() knows a file in which nothing stands yet", () => {
  assert.equal(decodeRecord(bytesOf("")), undefined);
  assert.equal(decodeRecord(bytesOf("\n")), undefined);
  assert.equal(decodeRecord(bytesOf("\nformat...")), undefined);
});

Deno.test("decodeRecord() refuses every beginning of a record", () => {
  const bytes = encodeRecord(RECORD);
  for (let length = 1; length < bytes.length; length++) {
    assert.throws(() => decodeRecord(bytes.subarray(0, length)), SyntaxError);
  }
});

for (
  const [what, bytes, message] of [
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x0a]), /^it is not JSON$/],
    ["another file", bytesOf("root:x:0:0:root:/root:/bin/bash\n"), /^it is not JSON$/],
    ["a document that is no object", bytesOf("7\n"), /^it is not JSON$/],
    ["null", bytesOf("null\n"), /^it is not JSON$/],
    ["a list", bytesOf("[]\n"), /^it is not of format 1$/],
    ["a newer format", changed((fields) => fields.format = 2), /^it is not of format 1$/],
    ["no quorum", changed((fields) => delete fields.quorum), /^it has no quorum$/],
    ["a wrong quorum", changed((fields) => fields.quorum = "a:b:c"), /^its quorum cannot be read$/],
    ["no session", changed((fields) => fields.sessionId = 7), /^it has no session id$/],
    ["a long id", changed((fields) => fields.sessionId = `0x1${"0".repeat(16)}`), /no session id$/],
    ["session 0", changed((fields) => fields.sessionId = "0x0"), /^its session id is 0$/],
    ["no password", changed((fields) => fields.password = null), /^it has no password/],
    ["a short password", changed((fields) => fields.password = "AAAA"), /^it has no password/],
    ["no workloads", changed((fields) => fields.workloads = {}), /^it has no list of workloads$/],
    ["a null workload", changed((fields) => fields.workloads = [null]), /^it has a workload/],
    ["a pattern", changed((fields) => fields.workloads = [{ id: ".*" }]), /^it has a workload/],
    [
      "a foreign cgroup",
      changed((fields) => fields.workloads = [{ id: "a", cgroup: 1 }]),
      /^it has a workload/,
    ],
    ["a huge file", new Uint8Array(64 * 1024 + 1).fill(0x20), /^it is too long$/],
  ] as const
) {
  Deno.test(`decodeRecord() refuses ${what}`, () => {
    assert.throws(
      () => decodeRecord(bytes),
      (error) => error instanceof SyntaxError && message.test(error.message),
    );
  });
}
