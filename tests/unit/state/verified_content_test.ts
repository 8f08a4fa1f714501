import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isStateError } from "../../../src/state/errors.ts";
import {
  begun,
  DamagedContentError,
  type Measure,
  measured,
  verified,
} from "../../../src/state/verified_content.ts";
import { StorageError } from "../../../src/storage/errors.ts";
import type { Bytes } from "../../../src/storage/storage.ts";
import { bytesOf, forever, textOf } from "./state_fixture.ts";

const measureOf = (text: string): Measure => ({
  length: text.length,
  sha256: createHash("sha256").update(text).digest("hex"),
});

async function* pieces(...texts: string[]): Bytes & AsyncGenerator<Uint8Array, void, void> {
  for (const text of texts) {
    await Promise.resolve();
    yield new TextEncoder().encode(text);
  }
}

/** What a reader has when the content fails. */
async function readUntilFailure(content: Bytes): Promise<{ text: string; error: unknown }> {
  let text = "";
  try {
    for await (const piece of content) text += new TextDecoder().decode(piece);
  } catch (error) {
    return { text, error };
  }
  return { text, error: undefined };
}

const WHOLE: Record<string, string[]> = {
  "no piece": [],
  "one empty piece": [""],
  "one piece": ["abc"],
  "many pieces": ["ab", "c", "def"],
  "empty pieces in between and in the end": ["", "ab", "", "c", ""],
};

for (const [what, texts] of Object.entries(WHOLE)) {
  Deno.test(`verified() gives ${what}`, async () => {
    const expected = measureOf(texts.join(""));
    assert.equal(await textOf(verified(pieces(...texts), { name: "a", expected })), texts.join(""));
  });
}

const DAMAGED: [what: string, texts: string[], kind: string, detail: RegExp][] = [
  ["other bytes", ["ab", "d"], "wrong-checksum", /does not have its checksum/],
  ["other bytes and an empty piece", ["ab", "d", ""], "wrong-checksum", /checksum/],
  ["other bytes in one piece", ["abd"], "wrong-checksum", /checksum/],
  ["fewer bytes", ["ab"], "wrong-length", /has 2 bytes of 3/],
  ["no bytes", [], "wrong-length", /has 0 bytes of 3/],
  ["more bytes", ["abc", "d"], "wrong-length", /longer than 3 bytes/],
];

for (const [what, texts, kind, detail] of DAMAGED) {
  Deno.test(`verified() never gives as many bytes as expected where there are ${what}`, async () => {
    const content = verified(pieces(...texts), { name: "a", expected: measureOf("abc") });
    const { text, error } = await readUntilFailure(content);
    assert.ok(text.length < 3, text);
    assert.ok(error instanceof DamagedContentError && isStateError(error, "broken"));
    assert.equal(error.damage.kind, kind);
    assert.match(error.message, detail);
  });
}

Deno.test("verified() closes a content that is too long, and one that is not read to its end", async () => {
  for (const [expected, count] of [[measureOf("a"), 5], [measureOf("abcd"), 2]] as const) {
    let isClosed = false;
    const content = async function* () {
      try {
        for (const text of ["a", "b", "c", "d"]) yield new TextEncoder().encode(text);
      } finally {
        isClosed = true;
      }
    };
    let read = 0;
    const reading = async () => {
      for await (const _ of verified(content(), { name: "a", expected })) {
        if (++read === count) break;
      }
    };
    await reading().catch(() => {});
    assert.ok(isClosed);
  }
});

Deno.test("measured() passes a content on and tells what it was", async () => {
  let found: Measure | undefined;
  const options = { maxBytes: 6, signal: forever, onEnd: (measure: Measure) => found = measure };
  assert.equal(await textOf(measured(bytesOf("abcdef"), options)), "abcdef");
  assert.deepEqual(found, measureOf("abcdef"));
});

Deno.test("measured() stops a content that is too long, and closes it", async () => {
  let isClosed = false;
  const endless = async function* () {
    try {
      while (true) yield new Uint8Array(4);
    } finally {
      isClosed = true;
    }
  };
  const onEnd = () => assert.fail("it has no end");
  const content = measured(endless(), { maxBytes: 6, onEnd, signal: forever });
  const { error } = await readUntilFailure(content);
  assert.ok(isStateError(error, "too-large"));
  assert.match(error.message, /longer than 6 bytes/);
  await Promise.resolve();
  assert.ok(isClosed);
});

Deno.test("measured() ends with its signal although no piece ever comes", async () => {
  const stop = new AbortController();
  const silent = async function* () {
    yield new Uint8Array(1);
    await new Promise(() => {});
  };
  const content = measured(silent(), { maxBytes: 6, onEnd: () => {}, signal: stop.signal });
  const reading = readUntilFailure(content);
  stop.abort(new Error("enough"));
  assert.match(String((await reading).error), /enough/);
});

Deno.test("begun() tells a blob that is missing, and passes on other failures", async () => {
  // deno-lint-ignore require-yield
  const failing = async function* (kind: "not-found" | "failed"): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    throw new StorageError(kind, kind);
  };
  assert.equal(await begun(failing("not-found")), undefined);
  await assert.rejects(begun(failing("failed")), { kind: "failed" });
});

Deno.test("begun() gives the whole content, and closes it with its reader", async () => {
  assert.equal(await textOf((await begun(pieces("a", "b", "c")))!), "abc");
  assert.equal(await textOf((await begun(pieces()))!), "");
  let isClosed = false;
  const content = async function* () {
    try {
      yield new Uint8Array(1);
      yield new Uint8Array(1);
    } finally {
      isClosed = true;
    }
  };
  for await (const _ of (await begun(content()))!) break;
  assert.ok(isClosed);
});
