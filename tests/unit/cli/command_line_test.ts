import assert from "node:assert/strict";
import { type Command, isGroup } from "../../../src/cli/command.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { VERSION } from "../../../src/daemon/version.ts";
import { EXAMPLE, Installation } from "./installation.ts";

async function run(...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  return await installation.run(words);
}

Deno.test("runCommandLine() prints the version", async () => {
  assert.deepEqual(await run("--version"), { code: 0, out: [`masterd ${VERSION}`], errors: [] });
  assert.match(VERSION, /^\d+\.\d+\.\d+/);
});

Deno.test("runCommandLine() lists every command for users in its help", async () => {
  for (const word of ["--help", "-h", "help"]) {
    const { code, out } = await run(word);
    assert.equal(code, 0);
    for (const [name, { isInternal = false }] of Object.entries(COMMANDS)) {
      assert.equal(out.some((line) => line.startsWith(`  ${name} `)), !isInternal, name);
    }
  }
});

/** Every command with the words that start it. */
function allCommands(): [name: string, command: Command][] {
  return Object.entries(COMMANDS).flatMap(([name, command]): [string, Command][] => {
    if (!isGroup(command)) return [[name, command]];
    return Object.entries(command.commands).map(([word, inner]) => [`${name} ${word}`, inner]);
  });
}

Deno.test("runCommandLine() explains each command without reading any file", async () => {
  for (const [name, { operands, options, load }] of allCommands()) {
    const nowhere = "config-dir" in options ? ["--config-dir", "/nowhere"] : [];
    const { code, out } = await run(...name.split(" "), "--help", ...nowhere);
    assert.equal(code, 0);
    const usage = operands === undefined ? "" : `${operands.usage} `;
    assert.equal(out[0], `Usage: masterd ${name} ${usage}[options]`);
    for (const option of Object.keys(options)) {
      assert.ok(out.some((line) => line.includes(`--${option}`)), `${name} ${option}`);
    }
    assert.equal(typeof await load(), "function");
  }
});

Deno.test("runCommandLine() lists the commands of a group in its help", async () => {
  for (const word of ["--help", "-h", "help"]) {
    const { code, out } = await run("state", word);
    assert.equal(code, 0);
    assert.equal(out[0], "Usage: masterd state <command> [options]");
    for (const name of ["ls", "get", "put", "rm", "history", "fsck", "gc"]) {
      assert.ok(out.some((line) => line.startsWith(`  ${name} `)), name);
    }
  }
});

Deno.test("runCommandLine() refuses a group without a command of it, exit code 64", async () => {
  const hint = "`masterd state --help` lists them";
  const cases: [string[], string][] = [
    [["state"], `masterd: a command of state is missing; ${hint}`],
    [["state", "gett"], "masterd: unknown command of state gett: did you mean get?"],
    [["state", "constructor"], `masterd: unknown command of state constructor: ${hint}`],
    [
      ["state", "--json", "ls"],
      `masterd: options stand behind the command of state, not before it; ${hint}`,
    ],
  ];
  for (const [words, message] of cases) {
    assert.deepEqual(await run(...words), { code: 64, out: [], errors: [message] });
  }
});

Deno.test("runCommandLine() names the nearest command after a typo, exit code 64", async () => {
  assert.deepEqual(await run("jobmanger"), {
    code: 64,
    out: [],
    errors: ["masterd: unknown command jobmanger: did you mean jobmanager?"],
  });
});

Deno.test("runCommandLine() refuses a command line without a known command", async () => {
  assert.equal((await run()).code, 64);
  assert.match((await run("constructor")).errors[0]!, /unknown command constructor/);
  assert.match((await run("qqqqqqqq")).errors[0]!, /`masterd --help` lists them/);
});

Deno.test("runCommandLine() refuses an unknown option before it reads any file", async () => {
  const { code, errors } = await run("jobmanager", "--hots", "a", "-c", "/nowhere");
  assert.equal(code, 64);
  assert.deepEqual(errors, ["masterd: unknown option --hots: did you mean --host?"]);
});

/** Starts a master that can come no further than its web UI port, which is taken. */
async function runMaster(host: string) {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = [`--host=${host}`, "--webui-port", `${taken.addr.port}`];
  return await run("jobmanager", ...options, "-Drest.bind-address=127.0.0.1");
}

Deno.test("runCommandLine() refuses a --host that is no host, exit code 64", async () => {
  for (const host of ["a b", "a:8081", "-x", "user@a", "a\n"]) {
    const { code, errors } = await runMaster(host);
    assert.equal(code, 64, host);
    assert.match(errors[0]!, /^masterd: --host: /);
  }
});

Deno.test("runCommandLine() takes an IPv6 --host with and without brackets", async () => {
  for (const host of ["::1", "[::1]"]) {
    const { code, errors } = await runMaster(host);
    assert.equal(code, 1);
    assert.match(errors[0]!, /Cannot serve the web UI on \[::1\]:\d+: /);
  }
});

Deno.test("runCommandLine() tells every configuration problem, exit code 78", async () => {
  await using installation = await Installation.create({
    "flink-conf.yaml": "high-availability: zookeper\nrest.port: x\n",
  });
  const { code, errors } = await installation.run(["script-env"]);
  assert.equal(code, 78);
  assert.match(errors.join("\n"), /conf\/flink-conf\.yaml:1: .*zookeper.*did you mean zookeeper/);
  assert.match(errors.join("\n"), /conf\/flink-conf\.yaml:2: rest\.port: /);
});
