import assert from "node:assert/strict";
import { fittingPart, RotatingLog } from "../../../src/workload/rotating_log.ts";

const encoder = new TextEncoder();

interface Trial extends AsyncDisposable {
  path: string;
  troubles: (string | undefined)[];
  write(...texts: string[]): Promise<void>;
  files(): Promise<Record<string, string>>;
}

async function trial(limits: { maxBytes: number; kept: number }): Promise<Trial> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/log`;
  const troubles: (string | undefined)[] = [];
  return {
    path,
    troubles,
    async write(...texts) {
      const onTrouble = (error: Error | undefined) => troubles.push(error?.name);
      await using log = new RotatingLog(path, { ...limits, onTrouble });
      for (const text of texts) await log.write(encoder.encode(text));
    },
    async files() {
      const entries = await Array.fromAsync(Deno.readDir(folder));
      const names = entries.map(({ name }) => name).sort();
      const texts = await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`)));
      return Object.fromEntries(names.map((name, index) => [name, texts[index]!]));
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("RotatingLog appends to what is there", async () => {
  await using log = await trial({ maxBytes: 100, kept: 1 });
  await log.write("one\n");
  await log.write("two\n", "three\n");
  assert.deepEqual(await log.files(), { log: "one\ntwo\nthree\n" });
});

Deno.test("RotatingLog keeps so many older files, the newest as .1", async () => {
  await using log = await trial({ maxBytes: 6, kept: 2 });
  await log.write("one\n", "two\n", "three\n", "four\n");
  assert.deepEqual(await log.files(), { "log": "four\n", "log.1": "three\n", "log.2": "two\n" });
});

Deno.test("RotatingLog rotates what is already too large when it is opened", async () => {
  await using log = await trial({ maxBytes: 6, kept: 1 });
  await Deno.writeTextFile(log.path, "much too long\n");
  await log.write("a\n");
  assert.deepEqual(await log.files(), { "log": "a\n", "log.1": "much too long\n" });
});

Deno.test("RotatingLog that keeps nothing starts again", async () => {
  await using log = await trial({ maxBytes: 6, kept: 0 });
  await log.write("one\n", "two\n", "three\n");
  assert.deepEqual(await log.files(), { log: "three\n" });
});

Deno.test("RotatingLog cuts between lines, and through a line that is longer than a file", async () => {
  await using log = await trial({ maxBytes: 6, kept: 9 });
  await log.write("a\nb\nccc\n", "0123456789\n");
  assert.deepEqual(Object.values(await log.files()), ["6789\n", "012345", "ccc\n", "a\nb\n"]);
});

Deno.test("RotatingLog drops what cannot be written and says so once", async () => {
  await using log = await trial({ maxBytes: 100, kept: 1 });
  await Deno.mkdir(log.path);
  await log.write("a", "b");
  assert.deepEqual(log.troubles, ["IsADirectory"]);
});

Deno.test("RotatingLog goes on when it can write again, and says so", async () => {
  const troubles: (Error | undefined)[] = [];
  const folder = await Deno.makeTempDir();
  const path = `${folder}/late/log`;
  await using log = new RotatingLog(path, {
    maxBytes: 100,
    kept: 1,
    onTrouble: (error) => troubles.push(error),
  });
  await log.write(encoder.encode("lost\n"));
  await Deno.mkdir(`${folder}/late`);
  await log.write(encoder.encode("kept\n"));
  assert.equal(troubles.length, 2);
  assert.ok(troubles[0] instanceof Deno.errors.NotFound);
  assert.equal(troubles[1], undefined);
  assert.equal(await Deno.readTextFile(path), "kept\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("RotatingLog survives a full disk", async () => {
  const troubles: (Error | undefined)[] = [];
  await using log = new RotatingLog("/dev/full", {
    maxBytes: 1e9,
    kept: 1,
    onTrouble: (error) => troubles.push(error),
  });
  await log.write(encoder.encode("a\n"));
  await log.write(encoder.encode("b\n"));
  assert.match(troubles.map((error) => error?.message).join(), /^No space left on device[^,]*$/);
});

Deno.test("fittingPart() takes whole lines where something is there already", () => {
  const part = (text: string, size: number, maxBytes: number) =>
    new TextDecoder().decode(fittingPart(encoder.encode(text), size, maxBytes));
  assert.equal(part("ab\ncd\n", 0, 6), "ab\ncd\n");
  assert.equal(part("ab\ncd\n", 0, 5), "ab\n");
  assert.equal(part("ab\ncd\n", 1, 6), "ab\n");
  assert.equal(part("abcd", 1, 4), "");
  assert.equal(part("abcd", 0, 3), "abc");
  assert.equal(part("abcd", 3, 3), "");
  assert.equal(part("abcd", 9, 3), "");
});
