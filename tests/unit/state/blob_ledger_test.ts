import assert from "node:assert/strict";
import { BlobLedger } from "../../../src/state/blob_ledger.ts";
import { newBlobName } from "../../../src/state/blob_name.ts";

const EPOCH = 7n;

Deno.test("mark() knows which blobs of this leadership may still get a pointer", () => {
  const ledger = new BlobLedger(EPOCH);
  const ended = ledger.begin("a");
  ledger.end(ended);
  const underWay = ledger.begin("a");
  const mark = ledger.mark();
  const later = ledger.begin("b");
  ledger.end(underWay);
  ledger.end(later);
  assert.equal(mark.mayBeUnderWay(ended), false);
  // What ends behind the mark may have got its pointer behind the reading of pointers.
  assert.equal(mark.mayBeUnderWay(underWay), true);
  assert.equal(mark.mayBeUnderWay(later), true);
});

const OTHERS: [blob: string, mayBeUnderWay: boolean, why: string][] = [
  [newBlobName({ entry: "a", epoch: EPOCH - 1n, sequence: 99 }), false, "of an earlier leader"],
  [newBlobName({ entry: "a", epoch: EPOCH + 1n, sequence: 1 }), true, "of a later leader"],
  [newBlobName({ entry: "a", epoch: EPOCH, sequence: 1 }), true, "beyond what was counted"],
  ["notes.txt", true, "of somebody else"],
];

for (const [blob, expected, why] of OTHERS) {
  Deno.test(`mark() says ${expected} of a blob ${why}`, () => {
    assert.equal(new BlobLedger(EPOCH).mark().mayBeUnderWay(blob), expected);
  });
}
