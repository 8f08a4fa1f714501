import assert from "node:assert/strict";
import { flatCommands } from "../../../src/cli/command.ts";
import { runCommandLine } from "../../../src/cli/command_line.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { usageOf } from "../../../src/cli/help.ts";
import { parseOptions } from "../../../src/cli/options.ts";
import { VERSION } from "../../../src/daemon/version.ts";
import { EXAMPLE, Installation, noStreams } from "./installation.ts";

async function run(...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  return await installation.run(words);
}

Deno.test("runCommandLine() prints the version, alone on its line, and what it runs on", async () => {
  const { code, out, errors } = await run("--version");
  assert.deepEqual([code, out[0], errors], [0, `masterd ${VERSION}`, []]);
  assert.match(out[1]!, /^run from its sources by Deno \d/);
  assert.match(VERSION, /^\d+\.\d+\.\d+/);
});

Deno.test("runCommandLine() takes other words for the version, and suggests --version", async () => {
  const expected = await run("--version");
  for (const word of ["-V", "version"]) assert.deepEqual(await run(word), expected, word);
  const { code, errors } = await run("--versoin");
  assert.equal(code, 64);
  assert.match(errors[0]!, /did you mean --version\?$/);
});

Deno.test("runCommandLine() prints the version for programs", async () => {
  const { out } = await run("--version", "--json");
  const { version, build, runtime } = JSON.parse(out.join("\n"));
  assert.deepEqual([version, build, runtime.deno], [VERSION, null, Deno.version.deno]);
});

Deno.test("runCommandLine() helps with the words behind help", async () => {
  assert.deepEqual(await run("help", "state", "get"), await run("state", "get", "--help"));
  assert.deepEqual(await run("--help", "state"), await run("state", "--help"));
  assert.deepEqual(await run("help", "help"), await run("--help"));
  assert.equal((await run("help", "constructor")).code, 64);
});

/** Runs a command line whose output a terminal shows. */
async function runOnTerminal(environment: Record<string, string>): Promise<string> {
  const out: string[] = [];
  await runCommandLine(["help", "leader"], {
    ...noStreams(),
    environment,
    workingDirectory: "/",
    output: { isTerminal: true, write: () => Promise.resolve(true) },
    print: (line) => void out.push(line),
    printError: () => {},
    exit: () => {},
  });
  return out.join("\n");
}

Deno.test("runCommandLine() colours on a terminal only, and not where NO_COLOR or a dumb one forbids", async () => {
  const colored = await runOnTerminal({});
  assert.ok(colored.startsWith("\x1b[1mUsage:\x1b[0m masterd leader "));
  assert.equal(await runOnTerminal({ NO_COLOR: "" }), colored);
  const plain = (await run("help", "leader")).out.join("\n");
  assert.match(plain, /^Usage: /);
  assert.equal(await runOnTerminal({ NO_COLOR: "1" }), plain);
  assert.equal(await runOnTerminal({ TERM: "dumb" }), plain);
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

Deno.test("runCommandLine() explains each command without reading any file", async () => {
  for (const [name, command] of flatCommands(COMMANDS)) {
    const { options, load, examples } = command;
    const nowhere = "config-dir" in options ? ["--config-dir", "/nowhere"] : [];
    const { code, out } = await run(...name.split(" "), "--help", ...nowhere);
    assert.equal(code, 0);
    assert.equal(out[0], `Usage: ${usageOf(name, command)}`);
    assert.ok(examples.length > 0 && out.includes(`  masterd ${examples[0]![0]}`), name);
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

Deno.test("runCommandLine() gives examples of each command that it understands itself", () => {
  for (const [name, { operands, options, examples }] of flatCommands(COMMANDS)) {
    for (const [line] of examples) {
      assert.ok(line === name || line.startsWith(`${name} `), line);
      // What a shell would do with the rest of the line is none of ours.
      const own = line.slice(name.length).replace(/ (\||&&|>|<).*$/, "");
      parseOptions(own.match(/"[^"]*"|'[^']*'|[^ ]+/g) ?? [], options, operands);
    }
  }
});

Deno.test("runCommandLine() names the nearest command after a typo, exit code 64", async () => {
  assert.deepEqual(await run("jobmanger"), {
    code: 64,
    out: [],
    errors: ["masterd: unknown command jobmanger: did you mean jobmanager?"],
  });
  assert.match((await run("switch")).errors[0]!, /did you mean switchover\?/);
  assert.match((await run("--json", "leader")).errors[0]!, /options stand behind the command/);
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
