import assert from "node:assert/strict";
import { contentOf, numberIn } from "../../../faults/state/content.ts";

Deno.test("numberIn() knows the content of a put, and none that is damaged or another's", () => {
  const content = contentOf("a", 12, 1000);
  assert.equal(content.length, 1000);
  assert.equal(numberIn("a", content), 12);
  assert.equal(numberIn("b", content), undefined);
  content[500]! ^= 1;
  assert.equal(numberIn("a", content), undefined);
  assert.equal(numberIn("a", new Uint8Array()), undefined);
  assert.notDeepEqual(contentOf("a", 13, 1000), contentOf("a", 12, 1000));
});
