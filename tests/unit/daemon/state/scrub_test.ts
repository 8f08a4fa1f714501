import assert from "node:assert/strict";
import { scrub, type ScrubbedReader } from "../../../../src/daemon/state/scrub.ts";
import { StateError } from "../../../../src/state/errors.ts";
import { entry } from "./fake_store.ts";

const signal = new AbortController().signal;

/** A reader of these entries, whose contents the test decides. */
function reader(
  contents: Record<string, (attempt: number) => (Uint8Array | Error)[]>,
): ScrubbedReader {
  const attempts = new Map<string, number>();
  return {
    list: () =>
      Promise.resolve({ entries: Object.keys(contents).map((name) => entry(name)), broken: [] }),
    get: (name) => {
      const attempt = (attempts.get(name) ?? 0) + 1;
      attempts.set(name, attempt);
      return Promise.resolve({ entry: entry(name), content: pieces(contents[name]!(attempt)) });
    },
  };
}

async function* pieces(all: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array, void, void> {
  for (const piece of all) {
    await Promise.resolve();
    if (piece instanceof Error) throw piece;
    yield piece;
  }
}

const PIECE = new Uint8Array(10);
const DAMAGE = new StateError("broken", "it is broken");

Deno.test("scrub() reads everything to its end, and names what is broken", async () => {
  const broken: unknown[] = [];
  const read = await scrub(
    reader({
      a: () => [PIECE, PIECE],
      b: () => [PIECE, DAMAGE],
      c: () => [new StateError("not-found", "deleted meanwhile")],
      d: (attempt) => attempt === 1 ? [PIECE, DAMAGE] : [PIECE],
    }),
    { onBroken: (entry) => broken.push(entry), signal },
  );
  assert.equal(read, 4);
  assert.deepEqual(broken, [{ name: "b", problem: "it is broken" }]);
});

Deno.test("scrub() gives up when the storage cannot be asked", async () => {
  const failure = new StateError("storage", "it does not answer");
  const options = { onBroken: () => {}, signal };
  await assert.rejects(scrub(reader({ a: () => [failure] }), options), failure);
});

Deno.test("scrub() pauses as long as it worked", async () => {
  let now = 0;
  const reading = reader({
    a: () => {
      now += 50;
      return [PIECE];
    },
  });
  const before = performance.now();
  await scrub(reading, { onBroken: () => {}, signal, now: () => now });
  assert.ok(performance.now() - before >= 49, "no pause");
  const stop = new AbortController();
  const slow = reader({
    a: () => {
      now += 3_600_000;
      return [PIECE];
    },
  });
  const stopped = scrub(slow, { onBroken: () => {}, signal: stop.signal, now: () => now });
  stop.abort(new Error("over"));
  await assert.rejects(stopped, { message: "over" });
});
