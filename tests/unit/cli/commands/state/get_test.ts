import assert from "node:assert/strict";
import { getEntry, type GetRequest } from "../../../../../src/cli/commands/state/get.ts";
import { exitCodeOf } from "../../../../../src/cli/exit_code.ts";
import { StateError } from "../../../../../src/state/errors.ts";
import type { StateReader } from "../../../../../src/state/state_reader.ts";
import { FakeRun, type FakeRunOptions, versionOf } from "../../state/fake_run.ts";

const REQUEST: GetRequest = { name: "a", path: undefined, version: undefined };

/** Gives these pieces as the content of any entry, and then perhaps fails. */
function readerOf(
  pieces: readonly (string | Uint8Array)[],
  failure?: Error,
): Partial<StateReader> {
  return {
    get: (name, { version = 3n }) =>
      Promise.resolve({
        entry: { name, ...versionOf(3), version },
        content: contentOf(pieces, failure),
      }),
  };
}

async function* contentOf(pieces: readonly (string | Uint8Array)[], failure?: Error) {
  const encoder = new TextEncoder();
  for (const piece of pieces) {
    yield await Promise.resolve(typeof piece === "string" ? encoder.encode(piece) : piece);
  }
  if (failure !== undefined) throw failure;
}

function fakeRun(
  pieces: readonly (string | Uint8Array)[],
  options: FakeRunOptions & { failure?: Error } = {},
): Promise<FakeRun> {
  return FakeRun.create({ reader: readerOf(pieces, options.failure), ...options });
}

const BROKEN = () => new StateError("broken", "a is broken: its blob is damaged");

Deno.test("get writes the content to standard output, and nothing else", async () => {
  await using fake = await fakeRun(["con", "tent"]);
  assert.equal(await getEntry(REQUEST, fake.run), 0);
  assert.equal(fake.text, "content");
  assert.deepEqual([fake.out, fake.errors], [[], []]);
});

Deno.test("get writes a file, and says which version", async () => {
  await using fake = await fakeRun(["con", "tent"]);
  assert.equal(await getEntry({ ...REQUEST, path: "file" }, fake.run), 0);
  assert.equal(await Deno.readTextFile(`${fake.homeDir}/file`), "content");
  assert.deepEqual(fake.out, ["file: version 3 of a, 7 bytes"]);
  assert.deepEqual(await fake.files(), ["file"]);
});

Deno.test("get asks for the version that it was told", async () => {
  await using fake = await fakeRun(["content"], { isJson: true });
  await getEntry({ ...REQUEST, path: "file", version: 2n }, fake.run);
  const { version, file, name } = JSON.parse(fake.out.join(""));
  assert.deepEqual([version, file, name], ["2", "file", "a"]);
});

Deno.test("get keeps mode and name of a file that it replaces, and the link that leads to it", async () => {
  await using fake = await fakeRun(["new"]);
  await Deno.writeTextFile(`${fake.homeDir}/file`, "old", { mode: 0o640 });
  await Deno.symlink("file", `${fake.homeDir}/link`);
  await getEntry({ ...REQUEST, path: "link" }, fake.run);
  assert.equal(await Deno.readTextFile(`${fake.homeDir}/file`), "new");
  assert.equal((await Deno.stat(`${fake.homeDir}/file`)).mode! & 0o777, 0o640);
  assert.ok((await Deno.lstat(`${fake.homeDir}/link`)).isSymlink);
});

Deno.test("get leaves the old file, and no other, if the content proves broken, exit code 1", async () => {
  await using fake = await fakeRun(["con"], { failure: BROKEN() });
  await Deno.writeTextFile(`${fake.homeDir}/file`, "old");
  await assert.rejects(getEntry({ ...REQUEST, path: "file" }, fake.run), (error: Error) => {
    assert.equal(error.message, "a is broken: its blob is damaged");
    return exitCodeOf(error) === 1;
  });
  assert.equal(await Deno.readTextFile(`${fake.homeDir}/file`), "old");
  assert.deepEqual(await fake.files(), ["file"]);
});

Deno.test("get says of what it printed that it is broken", async () => {
  await using fake = await fakeRun(["con"], { failure: BROKEN() });
  await assert.rejects(getEntry(REQUEST, fake.run), {
    message: "a is broken: its blob is damaged; the 3 bytes that were printed are not to be used",
  });
});

Deno.test("get leaves no file behind when it is interrupted", async () => {
  const stop = new AbortController();
  await using fake = await fakeRun(["con"], { failure: new Error("Interrupted by SIGINT") });
  stop.abort();
  await assert.rejects(getEntry({ ...REQUEST, path: "file" }, fake.run), /Interrupted by SIGINT/);
  assert.deepEqual(await fake.files(), []);
});

Deno.test("get does not wait for who reads nothing once it is interrupted", async () => {
  const stop = new AbortController();
  await using fake = await fakeRun(["content"], { signal: stop.signal });
  const write = () => {
    stop.abort(new Error("Interrupted by SIGINT"));
    return new Promise<boolean>(() => {});
  };
  const context = { ...fake.run.context, output: { isTerminal: false, write } };
  await assert.rejects(getEntry(REQUEST, { ...fake.run, context }), /Interrupted by SIGINT/);
});

Deno.test("get says why it cannot write a file, exit code 1", async () => {
  await using fake = await fakeRun(["content"]);
  const cases: [path: string, message: RegExp][] = [
    [".", /^Cannot write \.: it is a directory$/],
    ["nowhere/file", /^Cannot write nowhere\/file: No such file/],
  ];
  for (const [path, message] of cases) {
    await assert.rejects(getEntry({ ...REQUEST, path }, fake.run), (error: Error) => {
      assert.match(error.message, message);
      return exitCodeOf(error) === 1;
    });
  }
});

Deno.test("get writes to a device, and does not replace it", async () => {
  await using fake = await fakeRun(["content"]);
  await getEntry({ ...REQUEST, path: "/dev/null" }, fake.run);
  assert.ok((await Deno.stat("/dev/null")).isCharDevice);
});

Deno.test("get prints text on a terminal", async () => {
  const euro = new TextEncoder().encode("€\n\t");
  await using fake = await fakeRun([euro.subarray(0, 1), euro.subarray(1)], { isTerminal: true });
  await getEntry(REQUEST, fake.run);
  assert.equal(fake.text, "€\n\t");
});

Deno.test("get refuses to print what is no text on a terminal, exit code 64", async () => {
  for (const piece of [Uint8Array.of(0xff), "\u0000", "\u001b[2J", "\u009b2J"]) {
    await using fake = await fakeRun(["text", piece], { isTerminal: true });
    await assert.rejects(getEntry(REQUEST, fake.run), (error: Error) => {
      assert.match(error.message, /^the content is not text: name a file, or - to print it/);
      return exitCodeOf(error) === 64;
    });
    assert.equal(fake.text, "text");
  }
});

Deno.test("get prints anything on a terminal where - asks for it", async () => {
  await using fake = await fakeRun([Uint8Array.of(0xff)], { isTerminal: true });
  await getEntry({ ...REQUEST, path: "-" }, fake.run);
  assert.deepEqual(fake.written, [Uint8Array.of(0xff)]);
});

Deno.test("get ends without a word when nobody reads any more", async () => {
  await using fake = await fakeRun(["a", "b"], { failure: BROKEN() });
  const { context } = fake.run;
  const output = { isTerminal: false, write: () => Promise.resolve(false) };
  assert.equal(await getEntry(REQUEST, { ...fake.run, context: { ...context, output } }), 0);
});
