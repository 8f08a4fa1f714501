import assert from "node:assert/strict";
import { ChronicleFile } from "../../faults/chronicle_file.ts";
import { RecorderClock } from "../../faults/clock.ts";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";

const RECORDER = new URL("../../faults/recorder.pl", import.meta.url).pathname;

function record(file: ChronicleFile, epoch: number, ...options: string[]): TestProcess {
  return TestProcess.start("perl", {
    args: [RECORDER, file.path, ...options],
    env: { MASTERD_EPOCH: String(epoch) },
  });
}

async function withFile(test: (file: ChronicleFile) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(new ChronicleFile(`${folder}/record`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("recorders that run at once are found out", () =>
  withFile(async (file) => {
    await using _first = record(file, 7);
    await until(() => file.read().lives.length, (count) => count === 1);
    await using _second = record(file, 9);
    const [overlap] = await until(() => file.read().overlaps, (found) => found.length > 0);
    assert.deepEqual([overlap?.first.epoch, overlap?.second.epoch], [7n, 9n]);
  }));

Deno.test("recorders that run one after the other are not", () =>
  withFile(async (file) => {
    for (const epoch of [7, 9]) {
      await using recorder = record(file, epoch);
      await until(() => file.read().reigns.at(-1)?.epoch, (found) => found === BigInt(epoch));
      assert.equal((await recorder.stop()).code, 0);
    }
    const { overlaps, gapsMs, lives } = file.read();
    assert.deepEqual(overlaps, []);
    assert.ok(gapsMs.length === 1 && gapsMs[0]! > 0);
    assert.ok(lives.every(({ termMs, lastMs }) => termMs! <= lastMs));
  }));

Deno.test("a stubborn recorder goes on beating after SIGTERM", () =>
  withFile(async (file) => {
    await using recorder = record(file, 7, "stubborn=100");
    await until(() => file.read().lives.length, (count) => count === 1);
    await recorder.stop();
    const [life] = file.read().lives;
    assert.ok(life!.lastMs - life!.termMs! >= 100);
  }));

Deno.test("a stray child of a recorder outlives it", () =>
  withFile(async (file) => {
    await using recorder = record(file, 7, "stray");
    const isStray = (lives: readonly { isStray: boolean }[]) => lives.some((life) => life.isStray);
    const lives = await until(() => file.read().lives, isStray);
    const stray = lives.find((life) => life.isStray)!;
    recorder.signal("SIGKILL");
    const { lastMs } = file.read().lives.find(({ pid }) => pid === recorder.pid)!;
    await until(
      () => file.read().lives.find((life) => life.isStray)!.lastMs,
      (strayMs) => strayMs > lastMs + 20,
    );
    Deno.kill(stray.pid, "SIGKILL");
    await recorder.ended;
  }));

Deno.test("the clock of the recorders is known to a fraction of a beat", () =>
  withFile(async (file) => {
    const clock = await RecorderClock.calibrate();
    const beforeMs = clock.now();
    await using _recorder = record(file, 7);
    const [life] = await until(() => file.read().lives, (lives) => lives.length > 0);
    const afterMs = clock.now();
    assert.ok(beforeMs - 2 < life!.firstMs && life!.firstMs < afterMs + 2);
  }));
