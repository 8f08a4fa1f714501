import assert from "node:assert/strict";
import { TestProcess } from "../../support/process.ts";

Deno.test("TestProcess collects lines and answers through writeLine()", async () => {
  await using child = TestProcess.start("sh", {
    args: ["-c", "echo ready; read -r word; echo got $word; echo bad >&2"],
  });
  await child.waitForLine((text) => text === "ready");
  await child.writeLine("hello");
  const line = await child.waitForLine((text) => text.startsWith("got"));
  assert.deepEqual([line.from, line.text], ["stdout", "got hello"]);
  assert.equal((await child.ended).code, 0);
  assert.ok(child.lines.some((written) => written.from === "stderr" && written.text === "bad"));
});

Deno.test("TestProcess.waitForLine() fails with the output when the child ends", async () => {
  await using child = TestProcess.start("sh", { args: ["-c", "echo broken; exit 3"] });
  await assert.rejects(
    child.waitForLine((text) => text === "ready"),
    /did not write the awaited line before it ended; it wrote:\nbroken/,
  );
  assert.equal((await child.ended).code, 3);
});

Deno.test("TestProcess.waitForLine() fails with the output when the limit passes", async () => {
  await using child = TestProcess.start("sh", { args: ["-c", "echo slow; exec sleep 60"] });
  await child.waitForLine((text) => text === "slow");
  await assert.rejects(
    child.waitForLine((text) => text === "ready", { limitMs: 10 }),
    /did not write the awaited line in time; it wrote:\nslow/,
  );
});

Deno.test("TestProcess has the program's own pid and ends with the block", async () => {
  let pid: number;
  {
    await using child = TestProcess.start("sh", { args: ["-c", "echo $$; exec sleep 60"] });
    pid = child.pid;
    await child.waitForLine((text) => text === String(pid));
  }
  assert.throws(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
});

Deno.test("TestProcess.stop() lets the child end in order", async () => {
  await using child = TestProcess.start("sh", {
    args: ["-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done"],
  });
  await child.waitForLine((text) => text === "ready");
  assert.equal((await child.stop()).code, 7);
  assert.equal(child.lines.at(-1)?.text, "bye");
});
