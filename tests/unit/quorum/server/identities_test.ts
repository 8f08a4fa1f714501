import assert from "node:assert/strict";
import { identify, userName } from "../../../../src/quorum/server/identities.ts";

const digest = (text: string) => ({
  scheme: "digest",
  credentials: new TextEncoder().encode(text),
});
// Of ZooKeeper's DigestAuthenticationProvider.
const SUPER_TEST = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";

Deno.test("identify() gives a digest as ZooKeeper computes it", () => {
  assert.deepEqual(identify(digest("super:test"), { host: "::1" }), [
    { scheme: "digest", id: SUPER_TEST },
  ]);
});

Deno.test("identify() knows who may do everything", () => {
  const ids = identify(digest("super:test"), { host: "::1", superDigest: SUPER_TEST });
  assert.deepEqual(ids?.[0], { scheme: "super", id: "" });
  assert.equal(identify(digest("super:tset"), { host: "::1", superDigest: SUPER_TEST })?.length, 1);
});

Deno.test("identify() takes the address of the client for scheme ip, not what it says", () => {
  const shown = { scheme: "ip", credentials: new TextEncoder().encode("10.0.0.1") };
  assert.deepEqual(identify(shown, { host: "127.0.0.1" }), [{ scheme: "ip", id: "127.0.0.1" }]);
});

for (const scheme of ["world", "sasl", "super", "nope", ""]) {
  Deno.test(`identify() accepts nobody by scheme ${JSON.stringify(scheme)}`, () => {
    assert.equal(identify({ scheme, credentials: new Uint8Array(1) }, { host: "::1" }), undefined);
  });
}

Deno.test("identify() wants a digest's credentials", () => {
  assert.equal(identify({ scheme: "digest", credentials: null }, { host: "::1" }), undefined);
});

Deno.test("userName() keeps the hash of a password to itself", () => {
  assert.equal(userName({ scheme: "digest", id: SUPER_TEST }), "super");
  assert.equal(userName({ scheme: "ip", id: "127.0.0.1" }), "127.0.0.1");
});
