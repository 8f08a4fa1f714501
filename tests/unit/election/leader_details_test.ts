import assert from "node:assert/strict";
import { decodeDetails, encodeDetails } from "../../../src/election/leader_details.ts";
import { randomSource } from "./random_source.ts";

const PUBLISHED = {
  leaderSessionId: "00112233-4455-6677-8899-aabbccddeeff",
  details: { host: "::1", webuiPort: 8081, rpcPort: 50010, epoch: 2n ** 63n - 1n, version: "1.2" },
};

const DOCUMENT = {
  leaderSessionId: PUBLISHED.leaderSessionId,
  host: "::1",
  webuiPort: 8081,
  rpcPort: 50010,
  epoch: "9223372036854775807",
  version: "1.2",
};

function decode(document: unknown) {
  return decodeDetails(new TextEncoder().encode(JSON.stringify(document)));
}

Deno.test("encodeDetails() writes one flat JSON document with the epoch as text", () => {
  assert.deepEqual(JSON.parse(new TextDecoder().decode(encodeDetails(PUBLISHED))), DOCUMENT);
});

Deno.test("decodeDetails() reads back what encodeDetails() wrote", () => {
  assert.deepEqual(decodeDetails(encodeDetails(PUBLISHED)), PUBLISHED);
});

Deno.test("decodeDetails() passes over fields it does not know", () => {
  assert.deepEqual(decode({ ...DOCUMENT, lease: { until: 1 }, constructor: "x" }), PUBLISHED);
});

Deno.test("decodeDetails() does without a version", () => {
  for (const version of [undefined, null, 7]) {
    assert.equal(decode({ ...DOCUMENT, version })?.details.version, "unknown");
  }
});

for (
  const [field, values] of Object.entries({
    leaderSessionId: [undefined, null, 1, ["x"]],
    host: [undefined, null, 1, {}],
    webuiPort: [undefined, null, "8081", 0, -1, 65_536, 80.5, 1e400],
    rpcPort: [undefined, null, "50010", 0, 65_536, true],
    epoch: [undefined, null, 7, "", "-1", "1.5", "0x7", " 7", "12345678901234567890"],
  })
) {
  Deno.test(`decodeDetails() does not read a document with a wrong ${field}`, () => {
    for (const value of values) {
      assert.equal(decode({ ...DOCUMENT, [field]: value }), undefined, Deno.inspect(value));
    }
  });
}

Deno.test("decodeDetails() does not read what is no object", () => {
  for (const document of [null, true, 7, "text", [], [DOCUMENT], [[[]]]]) {
    assert.equal(decode(document), undefined);
  }
});

Deno.test("decodeDetails() does not read garbage, nor fail on it", () => {
  const random = randomSource();
  for (let round = 0; round < 500; round++) {
    assert.equal(decodeDetails(random.bytes(random.below(200))), undefined, random.seed);
  }
  const whole = encodeDetails(PUBLISHED);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(decodeDetails(whole.subarray(0, length)), undefined);
  }
});

Deno.test("decodeDetails() does not fail on a document that is nested a hundred thousand times", () => {
  assert.equal(decodeDetails(new Uint8Array(100_000).fill("[".charCodeAt(0))), undefined);
});
