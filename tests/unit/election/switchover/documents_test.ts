import assert from "node:assert/strict";
import {
  decodeReady,
  decodeRequest,
  encodeReady,
  encodeRequest,
} from "../../../../src/election/switchover/documents.ts";
import { randomSource } from "../random_source.ts";

const REQUEST = {
  id: "5b0d7c3e-0000-4000-8000-000000000001",
  target: { participant: "[::1]:8082", latchName: "_c_x-latch-0000000002" },
  from: "localhost:8081",
  timeoutMs: 30_000,
};
const DOCUMENT = { format: 1, ...REQUEST };

function decode(document: unknown) {
  return decodeRequest(new TextEncoder().encode(JSON.stringify(document)));
}

Deno.test("encodeRequest() writes a JSON document that names its format", () => {
  assert.deepEqual(JSON.parse(new TextDecoder().decode(encodeRequest(REQUEST))), DOCUMENT);
});

Deno.test("decodeRequest() reads back what encodeRequest() wrote, and passes over what it does not know", () => {
  assert.deepEqual(decodeRequest(encodeRequest(REQUEST)), REQUEST);
  assert.deepEqual(decode({ ...DOCUMENT, why: "maintenance" }), REQUEST);
});

Deno.test("decodeRequest() cuts a time that is absurdly long", () => {
  assert.equal(decode({ ...DOCUMENT, timeoutMs: 600_001 })?.timeoutMs, 600_000);
  assert.equal(decode({ ...DOCUMENT, timeoutMs: 1e300 })?.timeoutMs, 600_000);
});

for (
  const [field, values] of Object.entries({
    format: [undefined, 0, 2, "1"],
    id: [undefined, "", 1, null],
    target: [
      undefined,
      null,
      "localhost:8082",
      {},
      { participant: "x" },
      { latchName: "x" },
      { participant: "", latchName: "x" },
      { participant: "x", latchName: 1 },
    ],
    from: [undefined, "", {}],
    timeoutMs: [undefined, null, 0, -1, "30"],
  })
) {
  Deno.test(`decodeRequest() does not read a request with a wrong ${field}`, () => {
    for (const value of values) {
      assert.equal(decode({ ...DOCUMENT, [field]: value }), undefined, Deno.inspect(value));
    }
  });
}

Deno.test("decodeRequest() and decodeReady() do not read garbage, nor fail on it", () => {
  const random = randomSource();
  for (let round = 0; round < 500; round++) {
    const bytes = random.bytes(random.below(200));
    assert.equal(decodeRequest(bytes), undefined, random.seed);
    assert.equal(decodeReady(bytes), undefined, random.seed);
  }
  for (const document of [null, true, 7, "text", [], [DOCUMENT]]) {
    assert.equal(decode(document), undefined);
  }
});

Deno.test("decodeReady() reads back what encodeReady() wrote, and nothing of another format", () => {
  assert.equal(decodeReady(encodeReady("x")), "x");
  for (const document of [{ format: 2, id: "x" }, { format: 1 }, { format: 1, id: 7 }]) {
    assert.equal(decodeReady(new TextEncoder().encode(JSON.stringify(document))), undefined);
  }
});
