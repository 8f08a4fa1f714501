import assert from "node:assert/strict";
import { type Change, transactionCodec } from "../../../../src/quorum/tree/transaction.ts";
import { JuteReader, ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../../../src/zookeeper/wire/jute_writer.ts";
import { hex } from "../../zookeeper/wire/bytes.ts";
import { bytes, OPEN } from "./world.ts";

const CREATE: Change = {
  kind: "create",
  path: "/a-0000000001",
  data: bytes("data"),
  acl: OPEN,
  owner: -(1n << 63n),
  creates: 2,
};
const DELETE: Change = { kind: "delete", path: "/a" };
const SET_DATA: Change = { kind: "setData", path: "/a", data: null, version: 3 };
const SET_ACL: Change = { kind: "setAcl", path: "/a", acl: OPEN, version: 3 };
const CHANGES: readonly Change[] = [
  CREATE,
  DELETE,
  SET_DATA,
  SET_ACL,
  { kind: "multi", changes: [CREATE, DELETE, SET_DATA] },
  { kind: "multi", changes: [] },
  { kind: "createSession", timeoutMs: 4000, password: bytes("sixteen bytes...") },
  { kind: "closeSession", paths: ["/a", "/b/c"] },
  { kind: "error", error: -101 },
];

function encode(change: Change): Uint8Array {
  const writer = new JuteWriter();
  transactionCodec.write(writer, { zxid: 7n, timeMs: 1_700_000_000_000n, sessionId: 5n, change });
  return writer.finishPayload().slice();
}

for (const change of CHANGES) {
  Deno.test(`transactionCodec reads back ${JSON.stringify(Object.values(change)[0])} with ${Object.keys(change).length} fields`, () => {
    const reader = new JuteReader(encode(change));
    const transaction = transactionCodec.read(reader);
    assert.deepEqual(transaction, {
      zxid: 7n,
      timeMs: 1_700_000_000_000n,
      sessionId: 5n,
      change,
    });
    assert.equal(reader.remaining, 0);
  });
}

Deno.test("transactionCodec keeps its format: logs of former versions are read", () => {
  const text = hex(encode(DELETE));
  assert.equal(
    text,
    "0000000000000007" + "0000018bcfe56800" + "0000000000000005" + "00000001000000022f61",
  );
  const kinds = CHANGES.map((change) => new DataView(encode(change).buffer).getInt32(24));
  assert.deepEqual(kinds, [0, 1, 2, 3, 4, 4, 5, 6, 7]);
});

Deno.test("transactionCodec refuses an unknown kind", () => {
  const bytes = encode(DELETE);
  bytes[27] = 99;
  assert.throws(() => transactionCodec.read(new JuteReader(bytes)), ProtocolError);
});
