import assert from "node:assert/strict";
import { SessionFile } from "../../../../src/daemon/session_file.ts";
import { Installation } from "../installation.ts";

async function release(
  ...words: string[]
): Promise<{ code: number; out: string[]; errors: string[] }> {
  await using installation = await Installation.create({ "flink-conf.yaml": "a: [broken" });
  return await installation.run(["release", ...words]);
}

// A wait for the lock that was given up ends a moment after the holder's end: see lockWithin().
const GIVEN_UP_WAIT = { sanitizeOps: false };

Deno.test("release wants to be told the file, exit code 64", async () => {
  assert.deepEqual(await release(), {
    code: 64,
    out: [],
    errors: ["masterd: --session-file FILE is missing"],
  });
});

Deno.test("release says that there is no file, whatever the configuration, exit code 0", async () => {
  const message = "there is no session file: its daemon ended in order, or was released before";
  assert.deepEqual(await release("--session-file", "nowhere"), {
    code: 0,
    out: [`no-file: ${message}`],
    errors: [],
  });
  const { code, out } = await release("--session-file", "nowhere", "--json");
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out[0]!), { outcome: "no-file", message });
});

Deno.test("release finds a relative file in the folder where it is called", async () => {
  await using installation = await Installation.create({});
  await Deno.writeTextFile(`${installation.homeDir}/a.session`, "\n", { mode: 0o600 });
  const { code, out } = await installation.run(["release", "--session-file", "a.session"]);
  assert.equal(code, 0);
  assert.deepEqual(out, ["already-over: the session was over, or never began"]);
});

Deno.test("release refuses a file that others may write, exit code 65", async () => {
  await using installation = await Installation.create({ "a.session": "x" });
  await Deno.chmod(`${installation.homeDir}/conf/a.session`, 0o666);
  const { code, out } = await installation.run(["release", "--session-file", "conf/a.session"]);
  assert.equal(code, 65);
  assert.match(out[0]!, /^unusable: the session file cannot be used: other users may use it/);
});

Deno.test("release leaves a daemon alone that lives, exit code 75", GIVEN_UP_WAIT, async () => {
  await using installation = await Installation.create({});
  await using _ = await SessionFile.open(`${installation.homeDir}/a.session`);
  const { code, out } = await installation.run(["release", "--session-file", "a.session"]);
  assert.equal(code, 75);
  assert.match(out[0]!, /^still-held: the daemon lives/);
});

Deno.test("release explains its exit codes", async () => {
  const { out } = await release("--help");
  for (const code of ["0", "65", "69", "71", "75"]) {
    assert.ok(out.some((line) => line.startsWith(`  ${code.padStart(2)}  `)), code);
  }
});
