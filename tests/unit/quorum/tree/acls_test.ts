import assert from "node:assert/strict";
import {
  allows,
  maskedAcl,
  OPEN_ACL,
  READ_ACL,
  storedAcl,
} from "../../../../src/quorum/tree/acls.ts";
import type { Acl, Id } from "../../../../src/zookeeper/wire/records.ts";

const IP = { scheme: "ip", id: "127.0.0.1" };
const USER = { scheme: "digest", id: "user:hash" };

const one = (scheme: string, id: string, permissions = 31): Acl[] => [
  { permissions, id: { scheme, id } },
];

Deno.test("allows() asks for one of the permissions and an identity that has it", () => {
  const acl = [...one("digest", "user:hash", 3), ...one("ip", "127.0.0.0/8", 1)];
  assert.ok(allows(acl, 2, [USER]));
  assert.ok(allows(acl, 1, [IP]));
  assert.ok(allows(acl, 1 | 16, [IP]));
  assert.equal(allows(acl, 2, [IP]), false);
  assert.equal(allows(acl, 4, [IP, USER]), false);
  assert.equal(allows(acl, 1, []), false);
  assert.equal(allows(acl, 2, [{ scheme: "digest", id: "user:other" }]), false);
});

Deno.test("allows() lets everybody do what the world may, and the superuser all", () => {
  assert.ok(allows(OPEN_ACL, 16, []));
  assert.equal(allows(READ_ACL, 2, [IP, USER]), false);
  assert.ok(allows(READ_ACL, 2, [{ scheme: "super", id: "" }]));
});

Deno.test("storedAcl() refuses what ZooKeeper 3.8.0 was seen to refuse", () => {
  const refused = [
    [],
    one("world", "everybody"),
    one("auth", ""),
    one("digest", "a"),
    one("digest", "a:"),
    one("digest", "a:b:c"),
    one("ip", "127.0.0.1/33"),
    one("super", ""),
    one("sasl", "user"),
    one("x509", "CN=user"),
    [...OPEN_ACL, ...one("unknown", "x")],
  ];
  for (const acl of refused) assert.equal(storedAcl(acl, [IP]), undefined, JSON.stringify(acl));
});

Deno.test("storedAcl() takes what ZooKeeper 3.8.0 was seen to take", () => {
  const taken = [
    one("digest", "a:b"),
    one("digest", "a:b:"),
    one("digest", ":b"),
    one("ip", "10.0.0.0/8"),
    one("world", "anyone", 0),
    one("world", "anyone", 255),
    one("world", "anyone", -1),
  ];
  for (const acl of taken) assert.deepEqual(storedAcl(acl, []), acl);
});

Deno.test("storedAcl() puts proven identities in the place of auth, after duplicates are gone, as ZooKeeper 3.8.0 was seen to do", () => {
  const other: Id = { scheme: "digest", id: "other:hash" };
  const acl = [...one("auth", "", 15), ...one("auth", "x", 15), ...one("auth", "", 15)];
  assert.deepEqual(storedAcl(acl, [IP, USER, other]), [
    { permissions: 15, id: USER },
    { permissions: 15, id: other },
    { permissions: 15, id: USER },
    { permissions: 15, id: other },
  ]);
});

Deno.test("storedAcl() takes a frame full of entries in a moment, and refuses when they would grow without end", () => {
  const acl = Array.from({ length: 40_000 }, (_, at) => one("world", "anyone", at)[0]!);
  assert.equal(storedAcl([...acl, ...acl], [])!.length, 40_000);
  const auth = acl.map(({ permissions }) => one("auth", "", permissions)[0]!);
  const users = Array.from({ length: 1000 }, (_, at) => ({ scheme: "digest", id: `${at}:hash` }));
  assert.equal(storedAcl(auth, users), undefined);
  assert.equal(storedAcl(one("digest", `${":".repeat(1_000_000)}x`), []), undefined);
});

Deno.test("maskedAcl() hides hashes", () => {
  const acl = [...one("digest", "user:hash:more"), ...one("digest", ":b:"), ...one("ip", "::1")];
  assert.deepEqual(maskedAcl(acl).map(({ id }) => id.id), ["user:x", ":x", "::1"]);
});
