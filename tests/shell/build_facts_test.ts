import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./installation.ts";

const script = join(import.meta.dirname!, "..", "..", "tools", "build_facts.sh");
const DENO = '#!/bin/sh\necho "deno 2.6.8 (stable, release, x86_64-unknown-linux-gnu)"\necho v8\n';

/** A folder with the script, a Deno that knows its version, and one source. */
class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async create(): Promise<Folder> {
    const folder = new Folder(await mkdtemp(join(tmpdir(), "masterd-facts-")));
    await mkdir(join(folder.path, "tools"));
    await cp(script, join(folder.path, "tools/build_facts.sh"));
    await writeFile(join(folder.path, "tools/deno.sh"), DENO);
    await chmod(join(folder.path, "tools/deno.sh"), 0o755);
    await writeFile(join(folder.path, "main.ts"), "");
    return folder;
  }

  async commit(): Promise<string> {
    const environment = {
      GIT_AUTHOR_DATE: "1700000000 +0100",
      GIT_COMMITTER_DATE: "1700000000 +0100",
      GIT_CONFIG_GLOBAL: "/dev/null",
    };
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example"];
    const git = (...args: string[]) => run("git", args, { environment, folder: this.path });
    await git("init", "--quiet");
    await git("add", "--all");
    await git(...identity, "commit", "--quiet", "--message=all");
    return (await git("rev-parse", "HEAD")).lines[0]!;
  }

  async facts(environment: Record<string, string> = {}): Promise<string> {
    const outcome = await run(join(this.path, "tools/build_facts.sh"), [], { environment });
    assert.deepEqual([outcome.code, outcome.errors, outcome.lines.length], [0, "", 1]);
    return outcome.lines[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

Deno.test("build_facts.sh tells the commit and its time, wherever and whenever it is asked", async () => {
  await using folder = await Folder.create();
  const commit = await folder.commit();
  const facts = `commit=${commit};time=2023-11-14T22:13:20Z;modified=no;deno=2.6.8;`;
  assert.equal(await folder.facts(), facts);
  assert.equal(await folder.facts({ TZ: "Asia/Tokyo", LC_ALL: "C.UTF-8" }), facts);
  const other = await folder.facts({ SOURCE_DATE_EPOCH: "86400" });
  assert.equal(other, facts.replace("2023-11-14T22:13:20Z", "1970-01-02T00:00:00Z"));
});

Deno.test("build_facts.sh says that the sources are not those of the commit", async () => {
  await using folder = await Folder.create();
  await folder.commit();
  await writeFile(join(folder.path, "notes"), "not a source");
  assert.match(await folder.facts(), /;modified=no;/);
  await writeFile(join(folder.path, "main.ts"), "changed");
  assert.match(await folder.facts(), /;modified=yes;/);
});

Deno.test("build_facts.sh knows no commit of sources without git", async () => {
  await using folder = await Folder.create();
  const facts = await folder.facts({ GIT_CEILING_DIRECTORIES: tmpdir() });
  assert.equal(facts, "commit=unknown;time=unknown;modified=unknown;deno=2.6.8;");
});
