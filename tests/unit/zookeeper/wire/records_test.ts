import assert from "node:assert/strict";
import type { Codec, ValueOf } from "../../../../src/zookeeper/wire/codec.ts";
import { ProtocolError } from "../../../../src/zookeeper/wire/jute_reader.ts";
import * as records from "../../../../src/zookeeper/wire/records.ts";
import { bytesOf, encode, hex, read } from "./bytes.ts";

type Records = typeof records;
type RecordName = {
  [K in keyof Records]: Records[K] extends Codec<infer _> ? K : never;
}[keyof Records];

const STAT: records.Stat = {
  czxid: 0x100000001n,
  mzxid: 0x7fffffffffffffffn,
  ctime: 1_700_000_000_123n,
  mtime: -1n,
  version: 3,
  cversion: -4,
  aversion: 0x7fffffff,
  ephemeralOwner: -(2n ** 63n),
  dataLength: 12,
  numChildren: 1,
  pzxid: 2n,
};
const ACL: records.Acl[] = [
  { permissions: 31, id: { scheme: "world", id: "anyone" } },
  { permissions: 1, id: { scheme: "digest", id: "müller:x=" } },
];
const DATA = new Uint8Array([0, 1, 255]);

/** A value of each record; the type makes a record without one an error. */
const samples: { [K in RecordName]: readonly ValueOf<Records[K]>[] } = {
  stat: [STAT],
  id: [{ scheme: "ip", id: "10.0.0.0/8" }, { scheme: "", id: "" }],
  acl: ACL,
  requestHeader: [{ xid: 1, operation: 4 }, { xid: -8, operation: 105 }],
  replyHeader: [{ xid: 1, zxid: 2n ** 40n, error: 0 }, { xid: -1, zxid: -1n, error: -101 }],
  watcherEvent: [{ type: 3, state: 3, path: "/ä" }],
  connectRequestStart: [
    { protocolVersion: 0, lastZxidSeen: 9n, timeoutMs: 4000, sessionId: 1n, password: DATA },
  ],
  connectResponseStart: [
    { protocolVersion: 0, timeoutMs: 4000, sessionId: 1n, password: DATA },
  ],
  connectRequest: [
    {
      protocolVersion: 0,
      lastZxidSeen: 5n,
      timeoutMs: 10_000,
      sessionId: -(2n ** 63n) + 1n,
      password: new Uint8Array(16).fill(9),
      isReadOnlyAllowed: false,
    },
    {
      protocolVersion: 0,
      lastZxidSeen: 0n,
      timeoutMs: 4000,
      sessionId: 0n,
      password: null,
      isReadOnlyAllowed: true,
    },
  ],
  connectResponse: [
    { protocolVersion: 0, timeoutMs: 1, sessionId: 2n, password: DATA, isReadOnly: true },
    { protocolVersion: 0, timeoutMs: 0, sessionId: 0n, password: null, isReadOnly: false },
  ],
  createRequest: [
    { path: "/a", data: DATA, acl: ACL, flags: 3 },
    { path: "/ü", data: null, acl: [], flags: 0 },
  ],
  createTtlRequest: [{ path: "/a", data: DATA, acl: ACL, flags: 5, ttlMs: 2n ** 39n }],
  pathRequest: [{ path: "/" }],
  pathVersionRequest: [{ path: "/a", version: -1 }],
  pathWatchRequest: [{ path: "/a", watch: true }, { path: "/b", watch: false }],
  setDataRequest: [{ path: "/a", data: DATA, version: 7 }, { path: "/a", data: null, version: 0 }],
  setAclRequest: [{ path: "/a", acl: ACL, version: 1 }],
  reconfigRequest: [
    { joining: "server.4=h:1:2;3", leaving: null, newMembers: null, configId: -1n },
    { joining: null, leaving: "1,2", newMembers: "", configId: 0x100000000n },
  ],
  watchesRequest: [{ path: "/a", type: 3 }],
  addWatchRequest: [{ path: "/a", mode: 1 }],
  authRequest: [{ type: 0, scheme: "digest", credentials: DATA }],
  setWatchesRequest: [{ relativeZxid: 9n, data: ["/a", "/b"], exist: [], child: ["/c"] }],
  setWatches2Request: [{
    relativeZxid: 9n,
    data: [],
    exist: ["/a"],
    child: [],
    persistent: ["/p"],
    persistentRecursive: ["/", "/r"],
  }],
  saslToken: [{ token: DATA }, { token: null }],
  createResponse: [{ path: "/a0000000001" }],
  create2Response: [{ path: "/a", stat: STAT }],
  statResponse: [{ stat: STAT }],
  dataResponse: [{ data: DATA, stat: STAT }, { data: null, stat: STAT }],
  aclResponse: [{ acl: ACL, stat: STAT }],
  childrenResponse: [{ children: ["a", "b"] }, { children: [] }],
  children2Response: [{ children: ["a"], stat: STAT }],
  ephemeralsResponse: [{ paths: ["/a"] }],
  childrenNumberResponse: [{ count: 12 }],
  errorResponse: [{ error: -110 }],
  whoAmIResponse: [{ clients: [{ scheme: "digest", user: "bob" }, { scheme: "ip", user: "::1" }] }],
};

const NAMES = Object.keys(samples) as RecordName[];

function codecOf(name: RecordName): Codec<unknown> {
  return records[name] as Codec<unknown>;
}

Deno.test("records: every one that is exported has a sample", () => {
  const exported = Object.entries(records).filter(([, value]) => typeof value === "object");
  assert.deepEqual(exported.map(([name]) => name).sort(), NAMES.toSorted());
});

for (const name of NAMES) {
  Deno.test(`${name} reads what it wrote, to the last byte`, () => {
    for (const value of samples[name]) {
      const bytes = encode(codecOf(name), value);
      assert.deepEqual(read(codecOf(name), bytes), { value, remaining: 0 });
    }
  });

  Deno.test(`${name} refuses to be cut short anywhere`, () => {
    for (const value of samples[name]) {
      const bytes = encode(codecOf(name), value);
      // The byte at the end of a ConnectResponse may be missing.
      const shortest = name === "connectResponse" ? bytes.length - 1 : bytes.length;
      for (let length = 0; length < shortest; length++) {
        assert.throws(
          () => read(codecOf(name), bytes.subarray(0, length)),
          ProtocolError,
          `${length} of ${bytes.length} bytes`,
        );
      }
    }
  });
}

Deno.test("connectRequest has 45 bytes, as the server expects", () => {
  const bytes = encode(records.connectRequest, {
    protocolVersion: 0,
    lastZxidSeen: 5n,
    timeoutMs: 10_000,
    sessionId: 0x0102030405060708n,
    password: new Uint8Array(16).fill(0xaa),
    isReadOnlyAllowed: false,
  });
  assert.equal(bytes.length, 45);
  assert.equal(
    hex(bytes),
    "00000000" + "0000000000000005" + "00002710" + "0102030405060708" + "00000010" +
      "aa".repeat(16) + "00",
  );
});

const RESPONSE_START = "00000000 00002710 0102030405060708 00000010" + "bb".repeat(16);

Deno.test("connectResponse of 36 bytes is not read-only", () => {
  const bytes = bytesOf(RESPONSE_START);
  assert.equal(bytes.length, 36);
  const { value, remaining } = read(records.connectResponse, bytes);
  assert.deepEqual(value, {
    protocolVersion: 0,
    timeoutMs: 10_000,
    sessionId: 0x0102030405060708n,
    password: new Uint8Array(16).fill(0xbb),
    isReadOnly: false,
  });
  assert.equal(remaining, 0);
});

Deno.test("connectResponse of 37 bytes says whether it is read-only", () => {
  assert.equal(
    read(records.connectResponse, bytesOf(`${RESPONSE_START}00`)).value.isReadOnly,
    false,
  );
  assert.equal(
    read(records.connectResponse, bytesOf(`${RESPONSE_START}01`)).value.isReadOnly,
    true,
  );
});

Deno.test("stat has 68 bytes", () => {
  assert.equal(encode(records.stat, STAT).length, 68);
});

Deno.test("watcherEvent reads the bytes of a notification", () => {
  const { value, remaining } = read(
    records.watcherEvent,
    bytesOf("00000003 00000003 00000002 2f61"),
  );
  assert.deepEqual(value, { type: 3, state: 3, path: "/a" });
  assert.equal(remaining, 0);
});

Deno.test("replyHeader reads the header of a notification", () => {
  const { value } = read(records.replyHeader, bytesOf("ffffffff ffffffffffffffff 00000000"));
  assert.deepEqual(value, { xid: -1, zxid: -1n, error: 0 });
});

Deno.test("pathWatchRequest has the bytes of a getData", () => {
  const header = encode(records.requestHeader, { xid: 1, operation: 4 });
  const body = encode(records.pathWatchRequest, { path: "/a", watch: true });
  assert.equal(hex(header) + hex(body), "00000001" + "00000004" + "00000002" + "2f61" + "01");
});

Deno.test("setWatches2Request has its vectors in the server's order", () => {
  const bytes = encode(records.setWatches2Request, {
    relativeZxid: 1n,
    data: ["d"],
    exist: ["e"],
    child: ["c"],
    persistent: ["p"],
    persistentRecursive: ["r"],
  });
  const one = (letter: string) => `0000000100000001${hex(new TextEncoder().encode(letter))}`;
  assert.equal(hex(bytes), `0000000000000001${["d", "e", "c", "p", "r"].map(one).join("")}`);
});

Deno.test("reconfigRequest writes what is not changed as null", () => {
  const bytes = encode(records.reconfigRequest, {
    joining: null,
    leaving: "1",
    newMembers: null,
    configId: -1n,
  });
  assert.equal(hex(bytes), "ffffffff" + "0000000131" + "ffffffff" + "ffffffffffffffff");
});
