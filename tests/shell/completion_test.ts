import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Installation } from "../unit/cli/installation.ts";
import { TestProcess } from "../support/process.ts";

const MASTERD = `#!/bin/sh
[ "$1" != masters ] || printf 'one\\t8081\\tlocal\\ntwo\\t8082\\tremote\\n::1\\t8083\\tlocal\\n'
`;

/** A folder with the three completion scripts, a few files, and a masterd that knows its masters. */
class Completions implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Completions> {
    const completions = new Completions(await mkdtemp(join(tmpdir(), "masterd-completion-")));
    await using installation = await Installation.create({});
    for (const [shell, name] of [["bash", "masterd.bash"], ["zsh", "_masterd"], ["fish", "fish"]]) {
      const { out } = await installation.run(["completion", shell!]);
      await writeFile(completions.path(name!), `${out.join("\n")}\n`);
    }
    await mkdir(completions.path("bin"));
    await mkdir(completions.path("data/folder"), { recursive: true });
    await writeFile(completions.path("data/checkpoint file"), "");
    await writeFile(completions.path("bin/masterd"), MASTERD);
    await chmod(completions.path("bin/masterd"), 0o755);
    return completions;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  get environment(): Record<string, string> {
    return { PATH: `${this.path("bin")}:${Deno.env.get("PATH")}`, HOME: this.folder, TERM: "dumb" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A shell on a terminal, which completes what is typed when it gets a tab. */
class TypedShell implements AsyncDisposable {
  readonly #process: TestProcess;
  #count = 0;

  private constructor(process: TestProcess) {
    this.#process = process;
  }

  static async start(completions: Completions, shell: string, setUp: string): Promise<TypedShell> {
    const process = TestProcess.start("script", {
      args: ["--quiet", "--flush", "--command", shell, "/dev/null"],
      cwd: completions.folder,
      env: completions.environment,
    });
    const typed = new TypedShell(process);
    await process.writeLine(setUp);
    await process.writeLine("echo READ''Y");
    await process.waitForLine((line) => line.startsWith("READY"));
    return typed;
  }

  /** The words that a line has once its end is completed. */
  async complete(line: string): Promise<string[]> {
    const mark = `DONE${++this.#count}`;
    // Tab; to the beginning of the line; what prints its words; to its end.
    await this.#process.writeLine(
      `${line}\t\x01printf '<%s>' \x05; echo; echo DO''NE${this.#count}`,
    );
    await this.#process.waitForLine((text) => text.startsWith(mark));
    const lines = this.#process.lines.map(({ text }) => text.trim());
    const printed = lines[lines.findLastIndex((text) => text.startsWith(mark)) - 1]!;
    return printed.slice(1, -1).split("><").slice(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}

const CASES: [line: string, ...words: string[]][] = [
  ["masterd lea", "leader"],
  ["masterd leader --wat", "leader", "--watch"],
  ["masterd state hi", "state", "history"],
  ["masterd state get --vers", "state", "get", "--version"],
  ["masterd switchover --to tw", "switchover", "--to", "two:8082"],
  ["masterd switchover --to=on", "switchover", "--to=one:8081"],
  ["masterd drill --to two:", "drill", "--to", "two:8082"],
  ["masterd status -D masterd.dr", "status", "-D", "masterd.drill.allowed="],
  ["masterd status -Dmasterd.dr", "status", "-Dmasterd.drill.allowed="],
  ["masterd completion fi", "completion", "fish"],
  ["masterd state get name data/ch", "state", "get", "name", "data/checkpoint file"],
  ["masterd leader -c data/fo", "leader", "-c", "data/folder/"],
  ["masterd leader --wait 3 --js", "leader", "--wait", "3", "--json"],
  ["masterd leader --exec cat data/ch", "leader", "--exec", "cat", "data/checkpoint file"],
];

Deno.test("bash completes the words of masterd", async () => {
  await using completions = await Completions.create();
  await using bash = await TypedShell.start(
    completions,
    "bash --norc --noprofile -i",
    "bind 'set enable-bracketed-paste off'; source ./masterd.bash",
  );
  for (const [line, ...words] of CASES) assert.deepEqual(await bash.complete(line), words, line);
});

Deno.test("zsh completes the words of masterd", async () => {
  await using completions = await Completions.create();
  await using zsh = await TypedShell.start(
    completions,
    "zsh -f -i",
    "unsetopt zle_bracketed_paste; bindkey -e; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D",
  );
  for (const [line, ...words] of CASES) {
    // It takes the slash away again when something else follows.
    const shown = words.map((word) => word.replace(/\/$/, ""));
    assert.deepEqual(await zsh.complete(line), shown, line);
  }
});

Deno.test("fish completes the words of masterd", async () => {
  await using completions = await Completions.create();
  for (const [line, ...words] of CASES) {
    const process = TestProcess.start("fish", {
      args: ["--no-config", "-c", "source ./fish; complete --do-complete $argv[1]", line],
      cwd: completions.folder,
      env: completions.environment,
    });
    await process.ends();
    const offered = process.lines.map(({ text }) => text.split("\t")[0]);
    assert.deepEqual(offered, [words.at(-1)], line);
  }
});
