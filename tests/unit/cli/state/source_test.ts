import assert from "node:assert/strict";
import { openSource } from "../../../../src/cli/state/source.ts";
import { LocalFileError } from "../../../../src/cli/local_file_error.ts";
import { FakeRun } from "./fake_run.ts";

const signal = new AbortController().signal;

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of content) text += decoder.decode(piece, { stream: true });
  return text;
}

Deno.test("openSource() reads a file of any size piece by piece, again and again", async () => {
  await using fake = await FakeRun.create();
  const text = "0123456789".repeat(100_000);
  await Deno.writeTextFile(`${fake.homeDir}/file`, text);
  const source = await openSource("file", fake.run.context);
  assert.equal(source.length, 1_000_000);
  for (let times = 2; times > 0; times--) {
    assert.ok(source.canRepeat());
    assert.ok(await textOf(source.pieces({ signal })) === text);
  }
});

Deno.test("openSource() gives away no buffer that it uses again", async () => {
  await using fake = await FakeRun.create();
  await Deno.writeFile(`${fake.homeDir}/file`, new Uint8Array(600_000));
  const source = await openSource("file", fake.run.context);
  const pieces = await Array.fromAsync(source.pieces({ signal }));
  assert.equal(new Set(pieces.map(({ buffer }) => buffer)).size, pieces.length);
});

Deno.test("openSource() notices a file that changes while it is read", async () => {
  for (const size of [10, 30]) {
    await using fake = await FakeRun.create();
    await Deno.writeFile(`${fake.homeDir}/file`, new Uint8Array(20));
    const source = await openSource("file", fake.run.context);
    await Deno.truncate(`${fake.homeDir}/file`, size);
    await assert.rejects(
      textOf(source.pieces({ signal })),
      new LocalFileError("file changed while it was read"),
    );
  }
});

Deno.test("openSource() reads what is no regular file once, without a length", async () => {
  await using fake = await FakeRun.create();
  const source = await openSource("/dev/null", fake.run.context);
  assert.equal(source.length, undefined);
  assert.ok(source.canRepeat());
  assert.equal(await textOf(source.pieces({ signal })), "");
  assert.ok(!source.canRepeat());
});

Deno.test("openSource() tells who sits in front of a terminal that it reads from there", async () => {
  await using fake = await FakeRun.create();
  const { context } = fake.run;
  const input = { ...context.input, isTerminal: true };
  await openSource("-", { ...context, input });
  assert.deepEqual(fake.errors, ["reads what is typed, up to Ctrl-D"]);
});
