import assert from "node:assert/strict";
import { GuardedCommand } from "../../../src/workload/guarded_command.ts";
import { encodeLaunch, type Launch, launcherWords } from "../../../src/workload/launch_script.ts";

const SHELLS = [["bash", "bash"], ["another shell", undefined]] as const;

/** Runs the command and returns what it wrote. */
async function outputOf(launch: Partial<Launch>, bash: string | undefined): Promise<string> {
  const tools = { hasParentDeathSignal: false, hasCgroup: false, bash };
  const command = new GuardedCommand({ id: "test" }, tools);
  const outcome = await command.run({ command: ["env"], environment: {}, ...launch });
  assert.deepEqual(outcome, { kind: "running" });
  const output = await new Response(ReadableStream.from(command.output())).text();
  assert.equal((await command.status).code, 0);
  return output;
}

for (const [name, bash] of SHELLS) {
  Deno.test(`${name} hands over the words of a command byte by byte`, async () => {
    const words = [
      ...["a b", "$HOME", "", "'\"`\\", "*", "-c", "a=b", " ", "\t", "\r", "\x01\x7f", "äß€😀"],
      ...["\n", "\n\n", "line\nend", "end\n", "=", "+", "+a\n=b\n+", "x".repeat(10_000)],
    ];
    assert.equal(
      await outputOf({ command: ["printf", "<%s>", ...words] }, bash),
      words.map((word) => `<${word}>`).join(""),
    );
  });

  Deno.test(`${name} hands over variables, and none of its own`, async () => {
    const environment = { A: "one\ntwo", B: "$(id) `id`", IFS: "=+ 0", LC_ALL: "C", E: "" };
    const names = (text: string) =>
      text.split("\n").map((line) => line.split("=")[0]!).filter((name) => /^\w+$/.test(name));
    const before = await outputOf({}, bash);
    const output = await outputOf({ environment }, bash);
    for (const [name, value] of Object.entries(environment)) {
      assert.ok(`\n${output}`.includes(`\n${name}=${value}\n`), name);
    }
    const added = new Set([...names(before), ...Object.keys(environment), "two"]);
    assert.deepEqual(names(output).filter((name) => !added.has(name)), []);
    assert.doesNotMatch(output, /^masterd_/m);
  });

  Deno.test(`${name} runs a command in its folder, found by its own PATH`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/there`, '#!/bin/sh\necho "$0 in $PWD"\n', { mode: 0o755 });
    const environment = { PATH: `/no/such/folder::${Deno.env.get("PATH")}` };
    const output = await outputOf({ command: ["there"], environment, cwd: folder }, bash);
    assert.match(output, new RegExp(`there in ${await Deno.realPath(folder)}\n$`));
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("a launcher that was told a part only, since its guard died, runs nothing", async () => {
  const folder = await Deno.makeTempDir();
  const launch = { command: ["mkdir", `${folder}/a`, `${folder}/b`], environment: { A: "1" } };
  const all = encodeLaunch(launch);
  const [program, ...args] = launcherWords(["sh"]);
  for (let length = 0; length <= all.length; length++) {
    const child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped" }).spawn();
    const input = child.stdin.getWriter();
    await input.write(new TextEncoder().encode(all.slice(0, length)));
    await input.close().catch(() => {});
    const { stdout } = await child.output();
    const files = await Array.fromAsync(Deno.readDir(folder));
    assert.deepEqual([stdout.length, files.length], length < all.length ? [0, 0] : [1, 2]);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("run() tells of a launcher that is gone", async () => {
  const command = new GuardedCommand({ id: "test" }, {
    hasParentDeathSignal: false,
    hasCgroup: false,
  });
  command.kill();
  await command.status;
  assert.deepEqual(await command.run({ command: ["env"], environment: {} }), { kind: "gone" });
});
