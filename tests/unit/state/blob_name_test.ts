import assert from "node:assert/strict";
import { newBlobName, parseBlobName } from "../../../src/state/blob_name.ts";

Deno.test("parseBlobName() gives back what newBlobName() was told, also where names have dots and digits", () => {
  for (const entry of ["a", "a.b", "a.1.2", "x.1.2.0123456789abcdef", "A".repeat(200)]) {
    const label = { entry, epoch: 2n ** 63n - 1n, sequence: 1 };
    const name = newBlobName(label);
    assert.deepEqual(parseBlobName(name), label);
    assert.ok(name.length <= 255, `${name.length}`);
  }
});

Deno.test("newBlobName() never gives the same name again", () => {
  const label = { entry: "a", epoch: 1n, sequence: 1 };
  const names = Array.from({ length: 1000 }, () => newBlobName(label));
  assert.equal(new Set(names).size, 1000);
});

const FOREIGN = [
  "",
  "marker",
  ".a.1.2.0123456789abcdef",
  "a.1.2",
  "a.1.2.0123456789ABCDEF",
  "a.1.2.0123456789abcde",
  "a.1.2.0123456789abcdef.tmp",
  "a.-1.2.0123456789abcdef",
  "a.1.2.0123456789abcdef\n",
  "../a.1.2.0123456789abcdef",
  "a/b.1.2.0123456789abcdef",
  "a.12345678901234567890.2.0123456789abcdef",
];

for (const name of FOREIGN) {
  Deno.test(`parseBlobName() takes ${JSON.stringify(name)} for none of ours`, () => {
    assert.equal(parseBlobName(name), undefined);
  });
}
