import assert from "node:assert/strict";
import { OPEN_ACL, READ_ACL } from "../../../../src/quorum/tree/acls.ts";
import { SharedAcls } from "../../../../src/quorum/tree/shared_acls.ts";

Deno.test("SharedAcls.share() gives nodes with the same ACL the same object", () => {
  const acls = new SharedAcls();
  const open = acls.share(OPEN_ACL);
  acls.retain(open);
  assert.equal(acls.share(structuredClone(OPEN_ACL) as typeof OPEN_ACL), open);
  assert.notEqual(acls.share(READ_ACL), open);
});

Deno.test("SharedAcls.share() keeps apart what looks the same when it is put together", () => {
  const acls = new SharedAcls();
  const [one, other] = [["ab", "c"], ["a", "bc"]].map(([scheme, id]) =>
    acls.share([{ permissions: 1, id: { scheme: scheme!, id: id! } }])
  );
  assert.notEqual(one!.key, other!.key);
});

Deno.test("SharedAcls.release() forgets an ACL with its last node", () => {
  const acls = new SharedAcls();
  const open = acls.share(OPEN_ACL);
  acls.retain(open);
  acls.retain(open);
  acls.release(open);
  assert.equal(acls.size, 1);
  acls.release(open);
  assert.equal(acls.size, 0);
});
