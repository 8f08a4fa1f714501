import assert from "node:assert/strict";
import { shortText } from "../../../../src/daemon/cluster_view/short_text.ts";

Deno.test("shortText() keeps names, and neither length nor orders to a terminal", () => {
  assert.equal(shortText("größe-1"), "größe-1");
  assert.equal(shortText("a\x1b[2J\r\n\u202eb\u2028"), "a?[2J???b?");
  assert.equal(shortText("x".repeat(1000)).length, 255);
  assert.equal(shortText("abcdef", 4), "abc…");
});
