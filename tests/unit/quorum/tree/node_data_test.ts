import assert from "node:assert/strict";
import { packData, unpackData } from "../../../../src/quorum/tree/node_data.ts";

Deno.test("unpackData() gives back what packData() was given", () => {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const all = [null, new Uint8Array(0), every, new Uint8Array(257).fill(255), new Uint8Array(5000)];
  for (const data of all) assert.deepEqual(unpackData(packData(data)), data);
});

Deno.test("packData() keeps the length in bytes", () => {
  assert.equal(packData(new Uint8Array(256).fill(200))!.length, 256);
});
