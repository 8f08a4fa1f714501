import assert from "node:assert/strict";
import type { Terminal } from "../../../../src/cli/byte_streams.ts";
import { openProgress, showing } from "../../../../src/cli/state/progress.ts";
import { FakeRun } from "./fake_run.ts";

const MIB = 1024 * 1024;

function recordingTerminal(): { terminal: Terminal; drawn: () => string } {
  let text = "";
  const terminal: Terminal = { isTTY: true, columns: 80, write: (more) => void (text += more) };
  return { terminal, drawn: () => text };
}

Deno.test("openProgress() draws a bar for long work, and removes it at the end", async () => {
  const { terminal, drawn } = recordingTerminal();
  await using fake = await FakeRun.create({ terminal });
  {
    using progress = await openProgress("put a", fake.run);
    progress.update(0, 8 * MIB);
    progress.update(4 * MIB, 8 * MIB);
  }
  assert.match(drawn(), /put a \[-+\] 0% 0 B of 8\.0 MiB, /);
  assert.match(drawn(), /put a \[=+-+\] 50% 4\.0 MiB of 8\.0 MiB, /);
  // The line is cleared, and lines wrap again.
  assert.ok(drawn().lastIndexOf("\u001b[2K") > drawn().lastIndexOf("MiB"));
  assert.ok(drawn().lastIndexOf("\u001b[?7h") > drawn().lastIndexOf("\u001b[?7l"));
});

Deno.test("openProgress() uses no colour", async () => {
  const { terminal, drawn } = recordingTerminal();
  await using fake = await FakeRun.create({ terminal });
  using progress = await openProgress("put a", fake.run);
  progress.update(0, 8 * MIB);
  assert.doesNotMatch(drawn(), /\[[\d;]*m/);
});

Deno.test("openProgress() draws nothing for short work", async () => {
  const { terminal, drawn } = recordingTerminal();
  await using fake = await FakeRun.create({ terminal });
  {
    using progress = await openProgress("put a", fake.run);
    progress.update(0, 4 * MIB);
    progress.update(4 * MIB, 4 * MIB);
  }
  assert.equal(drawn(), "");
});

Deno.test("openProgress() draws nothing where JSON is wanted", async () => {
  const { terminal, drawn } = recordingTerminal();
  await using fake = await FakeRun.create({ terminal, isJson: true });
  using progress = await openProgress("put a", fake.run);
  progress.update(0, 8 * MIB);
  assert.equal(drawn(), "");
});

async function* contentOf(lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield await Promise.resolve(new Uint8Array(length));
}

Deno.test("showing() counts what passes, if its length is known", async () => {
  for (const total of [30, undefined]) {
    const seen: [number, number][] = [];
    const progress = {
      update: (done: number, total: number) => void seen.push([done, total]),
      [Symbol.dispose]: () => {},
    };
    const pieces = await Array.fromAsync(showing(contentOf([10, 20]), { progress, total }));
    assert.equal(pieces.length, 2);
    assert.deepEqual(seen, total === undefined ? [] : [[10, 30], [30, 30]]);
  }
});
