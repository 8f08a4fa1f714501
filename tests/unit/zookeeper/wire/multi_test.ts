import assert from "node:assert/strict";
import { int, record } from "../../../../src/zookeeper/wire/codec.ts";
import { OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import {
  type MultiPart,
  type MultiReply,
  multiRequest,
  multiResponse,
} from "../../../../src/zookeeper/wire/multi.ts";
import type { Stat } from "../../../../src/zookeeper/wire/records.ts";
import { bytesOf, encode, hex, read } from "./bytes.ts";

const STAT: Stat = {
  czxid: 1n,
  mzxid: 2n,
  ctime: 3n,
  mtime: 4n,
  version: 5,
  cversion: 6,
  aversion: 7,
  ephemeralOwner: 8n,
  dataLength: 9,
  numChildren: 10,
  pzxid: 11n,
};
const STAT_HEX = "0000000000000001000000000000000200000000000000030000000000000004" +
  "000000050000000600000007000000000000000800000009" + "0000000a000000000000000b";
const END = "ffffffff 01 ffffffff";
const DATA = new Uint8Array([1, 2]);
const ACL = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];

const parts: { [K in MultiPart["operation"]]: MultiPart & { operation: K } } = {
  create: { operation: "create", body: { path: "/a", data: DATA, acl: ACL, flags: 0 } },
  create2: { operation: "create2", body: { path: "/a", data: null, acl: ACL, flags: 3 } },
  createContainer: {
    operation: "createContainer",
    body: { path: "/a", data: DATA, acl: [], flags: 4 },
  },
  createTTL: {
    operation: "createTTL",
    body: { path: "/a", data: DATA, acl: ACL, flags: 5, ttlMs: 99n },
  },
  delete: { operation: "delete", body: { path: "/a", version: -1 } },
  setData: { operation: "setData", body: { path: "/a", data: DATA, version: 3 } },
  check: { operation: "check", body: { path: "/a", version: 3 } },
  getData: { operation: "getData", body: { path: "/a", watch: false } },
  getChildren: { operation: "getChildren", body: { path: "/a", watch: false } },
};

const replies: { [K in MultiReply["kind"]]: MultiReply & { kind: K } } = {
  created: { kind: "created", path: "/a", stat: STAT },
  stat: { kind: "stat", stat: STAT },
  done: { kind: "done" },
  checked: { kind: "checked" },
  data: { kind: "data", data: DATA, stat: STAT },
  children: { kind: "children", children: ["a", "b"] },
  error: { kind: "error", error: -103 },
};

Deno.test("multiRequest reads what it wrote, for every operation that it may hold", () => {
  const all = Object.values(parts);
  assert.deepEqual(read(multiRequest, encode(multiRequest, all)), { value: all, remaining: 0 });
});

Deno.test("multiRequest writes each part behind its header, and an end mark", () => {
  assert.equal(
    hex(encode(multiRequest, [parts.check, parts.delete])),
    hex(bytesOf(`
      0000000d 00 ffffffff 00000002 2f61 00000003
      00000002 00 ffffffff 00000002 2f61 ffffffff
      ${END}`)),
  );
});

Deno.test("multiRequest of nothing is the end mark alone", () => {
  assert.equal(hex(encode(multiRequest, [])), hex(bytesOf(END)));
});

Deno.test("multiRequest refuses an operation that a multi cannot hold", () => {
  const sync = `${OpCode.sync.toString(16).padStart(8, "0")} 00 ffffffff 00000002 2f61 ${END}`;
  assert.throws(() => read(multiRequest, bytesOf(sync)), ProtocolError);
});

Deno.test("multiResponse reads what it wrote, for every kind of reply", () => {
  const all = Object.values(replies);
  assert.deepEqual(read(multiResponse, encode(multiResponse, all)), { value: all, remaining: 0 });
});

Deno.test("multiResponse reads the reply of a create without stat", () => {
  const bytes = bytesOf(`00000001 00 00000000 00000002 2f61 ${END}`);
  assert.deepEqual(read(multiResponse, bytes).value, [{ kind: "created", path: "/a" }]);
});

for (const name of ["create2", "createContainer", "createTTL"] as const) {
  Deno.test(`multiResponse reads the reply of a ${name} with its stat`, () => {
    const type = encode(record({ type: int }), { type: OpCode[name] });
    const bytes = bytesOf(`${hex(type)} 00 00000000 00000002 2f61 ${STAT_HEX} ${END}`);
    assert.deepEqual(read(multiResponse, bytes).value, [replies.created]);
  });
}

Deno.test("multiResponse reads delete as done and check as checked, without a body", () => {
  const bytes = bytesOf(`00000002 00 00000000 0000000d 00 00000000 ${END}`);
  assert.deepEqual(read(multiResponse, bytes), {
    value: [replies.done, replies.checked],
    remaining: 0,
  });
});

Deno.test("multiResponse writes a check as ZooKeeper 3.8.0 was recorded to answer it", () => {
  assert.equal(
    hex(encode(multiResponse, [replies.checked])),
    hex(bytesOf(`0000000d 00 00000000 ${END}`)),
  );
});

Deno.test("multiResponse reads the recorded answer to create, check of a bad version, delete", () => {
  const bytes = bytesOf(`
    ffffffff 00 00000000 00000000
    ffffffff 00 ffffff99 ffffff99
    ffffffff 00 fffffffe fffffffe
    ${END}`);
  assert.deepEqual(read(multiResponse, bytes), {
    value: [0, -103, -2].map((error) => ({ kind: "error", error })),
    remaining: 0,
  });
});

Deno.test("multiResponse refuses a result of an unknown type", () => {
  assert.throws(() => read(multiResponse, bytesOf(`00000063 00 00000000 ${END}`)), ProtocolError);
});

Deno.test("multi requests and replies refuse to be cut short anywhere", () => {
  const request = encode(multiRequest, Object.values(parts));
  for (let length = 0; length < request.length; length++) {
    assert.throws(() => read(multiRequest, request.subarray(0, length)), ProtocolError);
  }
  const response = encode(multiResponse, Object.values(replies));
  for (let length = 0; length < response.length; length++) {
    assert.throws(() => read(multiResponse, response.subarray(0, length)), ProtocolError);
  }
});
