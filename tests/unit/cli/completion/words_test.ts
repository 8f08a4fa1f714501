import assert from "node:assert/strict";
import { flatCommands } from "../../../../src/cli/command.ts";
import { COMMANDS, LISTED_COMMANDS } from "../../../../src/cli/commands.ts";
import { completionWords } from "../../../../src/cli/completion/words.ts";
import { Installation } from "../installation.ts";

Deno.test("completionWords() has every listed command with every option, and no other", () => {
  const words = completionWords(LISTED_COMMANDS);
  const paths = words.filter(({ commands }) => commands.length === 0).map(({ path }) => path);
  assert.deepEqual(paths.sort(), flatCommands(LISTED_COMMANDS).map(([name]) => name).sort());
  for (const [name, { options }] of flatCommands(LISTED_COMMANDS)) {
    const known = words.find(({ path }) => path === name)!.options.flatMap(({ names }) => names);
    for (const [option, { short }] of Object.entries(options)) {
      assert.ok(known.includes(`--${option}`), `${name} --${option}`);
      assert.ok(short === undefined || known.includes(`-${short}`), `${name} -${short}`);
    }
  }
  assert.ok(Object.hasOwn(COMMANDS, "guard") && !paths.includes("guard"));
});

Deno.test("completionWords() knows where a value is expected, and what it may be", () => {
  const words = completionWords(LISTED_COMMANDS);
  const optionOf = (path: string, name: string) =>
    words.find((command) => command.path === path)!.options.find(({ names }) =>
      names.includes(name)
    )!;
  assert.equal(optionOf("switchover", "--to").value, "master");
  assert.equal(optionOf("status", "-D").value, "setting");
  assert.equal(optionOf("status", "--wait").value, "any");
  assert.equal(optionOf("status", "--json").value, undefined);
  assert.equal(optionOf("leader", "--exec").isLast, true);
});

Deno.test("completion prints a script for each shell, exit code 64 for others", async () => {
  await using installation = await Installation.create({});
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await installation.run(["completion", shell]);
    assert.equal(code, 0);
    assert.match(out.join("\n"), /masterd\.drill\.allowed/);
  }
  assert.deepEqual(await installation.run(["completion", "fihs"]), {
    code: 64,
    out: [],
    errors: ["masterd: no completion for fihs: did you mean fish?"],
  });
  assert.equal((await installation.run(["completion"])).code, 64);
});
