import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { TestGuard } from "./test_guard.ts";

Deno.test("a guard keeps the command's output and errors in the order of their writing", async () => {
  await using guard = await TestGuard.start();
  await Deno.writeTextFile(guard.logFile, "before\n");
  await guard.run("echo one; echo two >&2; echo three");
  await guard.ended;
  assert.equal(await Deno.readTextFile(guard.logFile), "before\none\ntwo\nthree\n");
});

Deno.test("a flood of output fills neither disk nor memory, and does not hold up the deadline", async () => {
  await using guard = await TestGuard.start();
  const [logMaxBytes, logKept] = [500_000, 2];
  const deadline = await guard.later(2500);
  await guard.run("yes & yes >&2", { deadline, stopGraceMs: 0, logMaxBytes, logKept });
  await until(() => Deno.stat(`${guard.logFile}.2`), () => true);
  const before = await residentKiB(guard.pid);
  const { cause } = await guard.report("ended");
  const endedAt = await guard.later(0).catch(() => NaN);
  assert.equal(cause, "deadline");
  assert.ok(!(endedAt < deadline));
  assert.ok(before < 400_000, `${before} KiB`);
  await guard.ended;
  const files = await Array.fromAsync(Deno.readDir(guard.folder));
  assert.deepEqual(files.map(({ name }) => name).sort(), [
    "command.log",
    "command.log.1",
    "command.log.2",
  ]);
  for (const { name } of files) {
    const { size } = await Deno.stat(`${guard.folder}/${name}`);
    assert.ok(size <= logMaxBytes && size > 0, `${name} has ${size} bytes`);
  }
});

Deno.test("a command whose output cannot be kept runs on, and this is said once", async () => {
  await using guard = await TestGuard.start();
  const logFile = "/no/such/folder/log";
  await guard.run("for i in 1 2 3 4 5 6 7 8 9; do seq 10000; done; exit 7", { logFile });
  assert.equal((await guard.report("ended")).code, 7);
  await guard.ended;
  const errors = await guard.errors;
  assert.match(errors, /No such file/);
  assert.equal(errors.split("the command's output is lost").length, 2, errors);
});

async function residentKiB(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]);
}
