import assert from "node:assert/strict";
import {
  decodePointer,
  encodePointer,
  newestEntry,
  type Pointer,
} from "../../../src/state/pointer.ts";

const SHA256 = "ab".repeat(32);
const BLOB = "a.3.1.0123456789abcdef";
const OLDER_BLOB = "a.2.1.0123456789abcdef";

const RECORD = {
  version: "12",
  blob: BLOB,
  length: 3,
  sha256: SHA256,
  epoch: "3",
  writtenAt: "2026-01-01T00:00:00.000Z",
};

const OLDER = { ...RECORD, version: "11", blob: OLDER_BLOB, epoch: "2" };

const DOCUMENT = { format: 1, versions: [RECORD, OLDER] };

function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document));
}

function decoded(document: unknown): Pointer {
  const found = decodePointer("a", bytesOf(document));
  assert.equal(found.kind, "pointer", Deno.inspect(found));
  return (found as { pointer: Pointer }).pointer;
}

function documentOf(pointer: Pointer): unknown {
  return JSON.parse(new TextDecoder().decode(encodePointer(pointer)));
}

Deno.test("encodePointer() writes what decodePointer() reads", () => {
  assert.deepEqual(documentOf(decoded(DOCUMENT)), DOCUMENT);
  const deleted = { ...DOCUMENT, deleted: true };
  assert.deepEqual(documentOf(decoded(deleted)), deleted);
});

Deno.test("decodePointer() keeps fields that it does not know, on both levels", () => {
  const document = JSON.parse(`{
    "format": 1, "color": ["red"], "__proto__": {"x": 1}, "constructor": 5, "toJSON": "no function",
    "versions": [{ ${JSON.stringify(RECORD).slice(1, -1)}, "codec": "zstd", "__proto__": null,
      "hasOwnProperty": true }]
  }`);
  const text = new TextDecoder().decode(encodePointer(decoded(document)));
  assert.deepEqual(JSON.parse(text), document);
  assert.match(text, /"codec":"zstd","__proto__":null/);
  assert.match(text, /"color":\["red"\],"__proto__":\{"x":1\}/);
});

Deno.test("decodePointer() lets no field it does not know stand for one that it does", () => {
  const pointer = decoded({ ...DOCUMENT, deleted: "true", isDeleted: true, other: { format: 9 } });
  assert.equal(pointer.isDeleted, false);
  assert.deepEqual(documentOf(pointer), { ...DOCUMENT, isDeleted: true, other: { format: 9 } });
});

Deno.test("newestEntry() tells only what readers may know", () => {
  assert.deepEqual(newestEntry("a", decoded({ ...DOCUMENT, x: 1 })), {
    name: "a",
    version: 12n,
    length: 3,
    sha256: SHA256,
    epoch: 3n,
    writtenAt: RECORD.writtenAt,
  });
});

const withRecord = (fields: object) => ({ ...DOCUMENT, versions: [{ ...RECORD, ...fields }] });

const UNREADABLE: Record<string, [document: unknown, problem: RegExp]> = {
  "an array": [[], /no JSON object/],
  "a number": [5, /no JSON object/],
  "null": [null, /no JSON object/],
  "no format": [{ versions: [RECORD] }, /none of masterd's/],
  "a format of another program": [{ format: "v1" }, /none of masterd's/],
  "a newer format": [{ ...DOCUMENT, format: 2 }, /it has the format 2, this masterd knows 1/],
  "no versions": [{ format: 1 }, /no list of versions/],
  "versions that are no list": [{ format: 1, versions: { 0: RECORD, length: 1 } }, /no list/],
  "an empty list": [{ format: 1, versions: [] }, /a version in it/],
  "one version of two that cannot be read": [{ ...DOCUMENT, versions: [RECORD, {}] }, /a version/],
  "a version that is a list": [{ ...DOCUMENT, versions: [[]] }, /a version in it/],
  "a version number that is none": [withRecord({ version: "1.5" }), /a version in it/],
  "a version as a number": [withRecord({ version: 12 }), /a version in it/],
  "a negative version": [withRecord({ version: "-1" }), /a version in it/],
  "a version larger than any": [withRecord({ version: "9223372036854775808" }), /a version/],
  "a huge version": [withRecord({ version: "9".repeat(100_000) }), /a version in it/],
  "an epoch that is none": [withRecord({ epoch: null }), /a version in it/],
  "a negative length": [withRecord({ length: -1 }), /a version in it/],
  "a length with a fraction": [withRecord({ length: 0.5 }), /a version in it/],
  "a length beyond all numbers": [withRecord({ length: 2 ** 60 }), /a version in it/],
  "a short checksum": [withRecord({ sha256: "ab" }), /a version in it/],
  "a checksum in capitals": [withRecord({ sha256: SHA256.toUpperCase() }), /a version in it/],
  "a blob in another folder": [withRecord({ blob: `../${BLOB}` }), /a version in it/],
  "the marker as its blob": [withRecord({ blob: "marker" }), /a version in it/],
  "no blob": [withRecord({ blob: undefined }), /a version in it/],
  "a blob of another entry": [
    withRecord({ blob: "b.3.1.0123456789abcdef" }),
    /the blob of another entry/,
  ],
  "a blob that two versions share": [
    { ...DOCUMENT, versions: [RECORD, { ...OLDER, blob: BLOB }] },
    /the same blob/,
  ],
  "versions in the wrong order": [{ ...DOCUMENT, versions: [OLDER, RECORD] }, /in their order/],
  "the same version twice": [
    { ...DOCUMENT, versions: [RECORD, { ...OLDER, version: "12" }] },
    /in their order/,
  ],
};

for (const [what, [document, problem]] of Object.entries(UNREADABLE)) {
  Deno.test(`decodePointer() does not touch a pointer with ${what}`, () => {
    const found = decodePointer("a", bytesOf(document));
    assert.equal(found.kind, "unreadable");
    assert.match((found as { problem: string }).problem, /^its pointer cannot be read: /);
    assert.match((found as { problem: string }).problem, problem);
  });
}

Deno.test("decodePointer() survives bytes of any kind", () => {
  const text = (text: string) => new TextEncoder().encode(text);
  const inputs = [
    new Uint8Array(),
    new Uint8Array(1_000_000),
    Uint8Array.of(0xff, 0xfe, 0x7b),
    Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b),
    text("{"),
    text(`{"format":1,"versions":[${"[".repeat(500_000)}`),
    text("[".repeat(500_000)),
    text(`{"a":"\\ud800"}`),
  ];
  for (const input of inputs) assert.equal(decodePointer("a", input).kind, "unreadable");
});

Deno.test("encodePointer() refuses what could not be read again", () => {
  const pointer = decoded(withRecord({ version: "9223372036854775807" }));
  const [newest] = pointer.versions;
  const next = { ...pointer, versions: [{ ...newest, version: newest.version + 1n }] as const };
  assert.throws(() => encodePointer(next), RangeError);
});

Deno.test("decodePointer() keeps what is nested as deeply as a node has room for", () => {
  const depth = 400_000;
  const nested = "[".repeat(depth) + "]".repeat(depth);
  const text = `{"x":${nested},"format":1,"versions":[${JSON.stringify(RECORD)}]}`;
  const found = decodePointer("a", new TextEncoder().encode(text));
  assert.equal(found.kind, "pointer");
  const { pointer } = found as { pointer: Pointer };
  assert.ok(new TextDecoder().decode(encodePointer(pointer)).includes(nested));
});
