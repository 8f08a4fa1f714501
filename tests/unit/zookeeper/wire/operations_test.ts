import assert from "node:assert/strict";
import { OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import { operations } from "../../../../src/zookeeper/wire/operations.ts";
import { encode, hex } from "./bytes.ts";

/** What a client may send, by ZooKeeper's ZooDefs.OpCode. */
const SENDABLE = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getACL: 6,
  setACL: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  createTTL: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  closeSession: -11,
};

/** What must never leave on its own. */
const UNSENDABLE = {
  error: -1,
  notification: 0,
  createSession: -10,
  check: 13,
  deleteContainer: 20,
};

Deno.test("OpCode knows every operation of the protocol, and no other", () => {
  assert.deepEqual({ ...OpCode }, { ...SENDABLE, ...UNSENDABLE });
});

Deno.test("operations has each one that a client may send, under its own code", () => {
  const codes = Object.entries(operations).map(([name, operation]) => [name, operation.code]);
  assert.deepEqual(Object.fromEntries(codes), SENDABLE);
});

Deno.test("operations names each one as its entry does", () => {
  for (const [name, operation] of Object.entries(operations)) assert.equal(operation.name, name);
});

Deno.test("operations has none that harms a server or is the server's own", () => {
  for (const name of Object.keys(UNSENDABLE)) assert.ok(!(name in operations), name);
  const codes = Object.values(operations).map((operation) => operation.code as number);
  for (const code of Object.values(UNSENDABLE)) assert.ok(!codes.includes(code), `code ${code}`);
});

Deno.test("operations has no two with one code", () => {
  const codes = Object.values(operations).map((operation) => operation.code);
  assert.equal(new Set(codes).size, codes.length);
});

Deno.test("createTTL sends the time to live behind the flags", () => {
  const body = { path: "/a", data: null, acl: [], flags: 5, ttlMs: 1000n };
  assert.equal(
    hex(encode(operations.createTTL.request, body)),
    "00000002" + "2f61" + "ffffffff" + "00000000" + "00000005" + "00000000000003e8",
  );
});

Deno.test("create2 sends no time to live", () => {
  const body = { path: "/a", data: null, acl: [], flags: 0, ttlMs: 1000n };
  assert.equal(
    hex(encode(operations.create2.request, body)),
    "00000002" + "2f61" + "ffffffff" + "00000000" + "00000000",
  );
});

Deno.test("ping and closeSession have no body", () => {
  assert.equal(encode(operations.ping.request, undefined).length, 0);
  assert.equal(encode(operations.closeSession.request, undefined).length, 0);
});
