import assert from "node:assert/strict";
import { judgeRename } from "../../../../src/storage/hdfs/file_write.ts";

type Facts = Parameters<typeof judgeRename>[0];

const CASES: [string, string, Partial<Facts>][] = [
  ["both there", "taken", { source: 5, target: 5 }],
  ["both there, not known", "taken", { source: 5, target: 5, answer: "unknown", wasUnknown: true }],
  ["source gone, target there", "taken", { target: 5 }],
  ["our own rename, not answered", "done", { target: 5, answer: "unknown", wasUnknown: true }],
  ["our own rename, refused at the second attempt", "done", { target: 5, wasUnknown: true }],
  ["a target of another length", "taken", { target: 6, answer: "unknown", wasUnknown: true }],
  ["refused without a reason", "refused", { source: 5 }],
  ["refused, and all is gone", "refused", {}],
  ["not yet", "open", { source: 5, answer: "unknown", wasUnknown: true }],
  ["renamed between the two looks", "open", { answer: "unknown", wasUnknown: true }],
  ["refused, renamed between the two looks", "open", { wasUnknown: true }],
  ["refused at the second attempt", "refused", { source: 5, wasUnknown: true }],
];

for (const [name, verdict, facts] of CASES) {
  Deno.test(`judgeRename() finds ${verdict}: ${name}`, () => {
    assert.equal(
      judgeRename({
        answer: "refused",
        wasUnknown: false,
        source: undefined,
        target: undefined,
        length: 5,
        ...facts,
      }),
      verdict,
    );
  });
}
