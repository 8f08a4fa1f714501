import assert from "node:assert/strict";

const STAGES = new URL("../../../tools/stages.sh", import.meta.url).pathname;

async function run(stages: string): Promise<{ code: number; lines: string[] }> {
  const script = `set -euo pipefail; source "${STAGES}"; ${stages}; summary`;
  const { code, stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return { code, lines: new TextDecoder().decode(stdout).trimEnd().split("\n") };
}

Deno.test("stage() counts a check as one, and its output is shown", async () => {
  const { code, lines } = await run(`stage "greeting" 5 echo hello`);
  assert.equal(code, 0);
  assert.equal(lines[1], "== greeting");
  assert.equal(lines[2], "hello");
  assert.match(lines[3] ?? "", /^-- greeting: ok, \d+\.\d{3} s$/);
  assert.equal(lines.at(-1), "1 passed, 0 failed");
});

Deno.test("stage() goes on after a failure and the whole fails", async () => {
  const { code, lines } = await run(`stage one 5 false; stage two 5 true`);
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /-- one: FAILED.*-- two: ok/s);
  assert.equal(lines.at(-1), "1 passed, 1 failed");
});

Deno.test("stage() adds up the lines of Deno's test runner", async () => {
  const { code, lines } = await run(
    `stage a 5 echo "ok | 300 passed (12 steps) | 0 failed (1s)";
     stage b 5 sh -c 'echo "FAILED | 3 passed | 2 failed (49ms)"; exit 1'`,
  );
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "303 passed, 2 failed");
});

Deno.test("stage() takes the last count of a nested run", async () => {
  const { lines } = await run(
    `stage a 5 printf '%s\\n' "ok | 9 passed | 0 failed" "1 passed, 0 failed" "7 passed, 0 failed"`,
  );
  assert.equal(lines.at(-1), "7 passed, 0 failed");
});

Deno.test("stage() fails tests that were skipped and runs without a test", async () => {
  const { code, lines } = await run(
    `stage a 5 echo "ok | 3 passed | 0 failed | 2 ignored (1s)";
     stage b 5 echo "ok | 0 passed | 0 failed (1s)"`,
  );
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "3 passed, 3 failed");
});

Deno.test("stage() counts a failure that no test told of", async () => {
  const { code, lines } = await run(`stage a 5 sh -c 'echo "ok | 3 passed | 0 failed"; exit 1'`);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "3 passed, 1 failed");
});

Deno.test("stage() stops what is not done in time", async () => {
  const { code, lines } = await run(`stage slow 0.05 sleep 60`);
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /Stopped: not done after 0.05 s\n-- slow: FAILED/);
});
