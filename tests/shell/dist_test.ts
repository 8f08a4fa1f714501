import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { lines, type Outcome, run, textLines } from "./installation.ts";

const repository = join(import.meta.dirname!, "..", "..");
const ARCHIVE = "masterd-1.2.3-linux-x86_64.tar.gz";
const ARM64_ARCHIVE = "masterd-1.2.3-linux-arm64.tar.gz";
const TIME = "1700000000";
const FACTS = "commit=1;";
const BINARY = `#!/bin/sh\nprintf "masterd 1.2.3\\ncommit 1\\n"\n# ${FACTS}\n`;
/** Notes what is asked for; builds it, unless a file `no-base` says that there is no base of it. */
const BUILD = `#!/usr/bin/env bash
set -euo pipefail
echo "$@" >>calls
[[ ! -e no-base ]] || { echo "No base of a binary for $1" >&2; exit 1; }
output=dist/masterd
[[ "$1" == x86_64 ]] || output+="-$1"
cp binary "\${output}"
`;

/** A clone with the real tools/dist.sh, bin and conf, and a binary that is newer than its sources. */
class Clone implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(name = "clone"): Promise<Clone> {
    const clone = new Clone(join(await mkdtemp(join(tmpdir(), "masterd-dist-")), name));
    for (const path of ["bin", "conf", "docs", "tools/dist.sh", "tools/apt.sh", "README.md"]) {
      await cp(join(repository, path), clone.path(path), { recursive: true });
    }
    for (const path of ["main.ts", "src/a.ts", "types/a.ts", "deno.json", "deno.lock"]) {
      await clone.write(path, "");
    }
    for (const name of ["deno", "denort", "permissions"]) await clone.write(`tools/${name}.sh`, "");
    await clone.write("tools/build.sh", BUILD, 0o755);
    await clone.write("tools/build_facts.sh", `#!/bin/sh\necho "${FACTS}"\n`, 0o755);
    await clone.write("fake/uname", '#!/bin/sh\necho "${MACHINE-x86_64}"\n', 0o755);
    await clone.write("CHANGELOG.md", "");
    await clone.write("LICENSE", "");
    await clone.write(".gitignore", "/dist/\n/fake/\n/calls\n/no-base\n");
    await clone.write("binary", BINARY, 0o755);
    await clone.write("dist/masterd", BINARY, 0o755);
    await clone.git("init", "--quiet");
    await clone.git("add", "--all");
    await clone.git("commit", "--quiet", "--message=all");
    return clone;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string, mode = 0o644): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text, { mode });
  }

  async git(...args: string[]): Promise<void> {
    const environment = {
      GIT_AUTHOR_DATE: `${TIME} +0000`,
      GIT_COMMITTER_DATE: `${TIME} +0000`,
      GIT_CONFIG_GLOBAL: "/dev/null",
    };
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example"];
    const outcome = await run("git", [...identity, ...args], { environment, folder: this.folder });
    assert.equal(outcome.code, 0, outcome.errors);
  }

  /** Runs tools/dist.sh with a umask, on a machine of a kind. */
  pack(environment: Record<string, string> = {}, umask = "022"): Promise<Outcome> {
    const path = `${this.path("fake")}:${Deno.env.get("PATH")}`;
    const args = ["-c", `umask ${umask} && exec "$0"`, this.path("tools/dist.sh")];
    return run("bash", args, { environment: { PATH: path, ...environment } });
  }

  calls(): Promise<string[]> {
    return textLines(this.path("calls"));
  }

  /** What `tar` says of a tarball. */
  async tar(...args: string[]): Promise<string[]> {
    const outcome = await run("tar", args, { folder: this.path("dist") });
    assert.equal(outcome.code, 0, outcome.errors);
    return outcome.lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(dirname(this.folder), { recursive: true, force: true });
  }
}

/** Fails unless every sum of a file holds. */
async function checkSums(folder: string, file: string): Promise<void> {
  const { code, errors } = await run("sha256sum", ["--check", "--strict", file], { folder });
  assert.equal(code, 0, errors);
}

Deno.test("dist.sh packs what a host needs into one folder, and nothing that git does not know", async () => {
  await using clone = await Clone.create();
  await clone.write("conf/token", "secret");
  const { code, lines } = await clone.pack();
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    `dist/${ARCHIVE}: 0 MB`,
    `dist/${ARM64_ARCHIVE}: 0 MB`,
  ]);
  const names = await clone.tar("-tzf", ARCHIVE);
  for (
    const path of [
      "masterd",
      "VERSION",
      "README.md",
      "CHANGELOG.md",
      "LICENSE",
      "docs/several-hosts.md",
      "SHA256SUMS",
    ]
  ) {
    assert.ok(names.includes(`masterd-1.2.3/${path}`), path);
  }
  for (const path of ["bin/start-cluster.sh", "bin/lib/start.sh", "conf/flink-conf.yaml"]) {
    assert.ok(names.includes(`masterd-1.2.3/${path}`), path);
  }
  assert.ok(names.includes("masterd-1.2.3/conf/systemd/masterd-jobmanager@.service"));
  assert.ok(names.every((name) => name.startsWith("masterd-1.2.3/")));
  assert.ok(!names.some((name) => /token|tools|dist/.test(name)));
});

Deno.test("dist.sh gives everything to root, readable by all, with the time of the commit", async () => {
  await using clone = await Clone.create();
  await clone.pack({ TZ: "UTC" }, "077");
  const entries = await clone.tar("-tvzf", ARCHIVE, "--numeric-owner", "--full-time", "--utc");
  const kinds = new Set(entries.map((entry) => entry.replace(/ +\d+ (?=2023)/, " ").slice(0, 34)));
  assert.deepEqual([...kinds].sort(), [
    "-rw-r--r-- 0/0 2023-11-14 22:13:20",
    "-rwxr-xr-x 0/0 2023-11-14 22:13:20",
    "drwxr-xr-x 0/0 2023-11-14 22:13:20",
  ]);
  const programs = entries.filter((entry) => entry.startsWith("-rwx"));
  assert.ok(programs.some((entry) => entry.endsWith("/masterd")));
  assert.ok(programs.some((entry) => entry.endsWith("/bin/start-cluster.sh")));
});

Deno.test("dist.sh gives checksums of the tarball and of every file in it", async () => {
  await using clone = await Clone.create();
  await clone.pack();
  await checkSums(clone.path("dist"), `${ARCHIVE}.sha256`);
  await clone.tar("-xzf", ARCHIVE);
  const folder = clone.path("dist/masterd-1.2.3");
  await checkSums(folder, "SHA256SUMS");
  const summed = (await textLines(join(folder, "SHA256SUMS"))).map((line) => line.slice(66));
  const files = (await clone.tar("-tzf", ARCHIVE)).filter((name) => !name.endsWith("/"));
  const expected = files.map((name) => name.slice("masterd-1.2.3/".length));
  assert.deepEqual(["SHA256SUMS", ...summed].sort(), expected.sort());
  assert.equal(await readFile(join(folder, "VERSION"), "utf8"), "1.2.3\n");
  assert.equal(await readFile(join(folder, "masterd"), "utf8"), BINARY);
});

Deno.test("dist.sh gives the same bytes in another folder, at another time, under another umask", async () => {
  await using one = await Clone.create();
  await using other = await Clone.create("with a space");
  await utimes(other.path("bin/start-cluster.sh"), 1, 1);
  await one.pack();
  await other.pack({ TZ: "Asia/Tokyo", LC_ALL: "C.UTF-8" }, "077");
  const [ours, theirs] = await Promise.all(
    [one, other].map((clone) => readFile(clone.path(`dist/${ARCHIVE}`))),
  );
  assert.ok(ours!.equals(theirs!));
});

Deno.test("dist.sh takes SOURCE_DATE_EPOCH for the time of the commit", async () => {
  await using clone = await Clone.create();
  await clone.pack({ SOURCE_DATE_EPOCH: "86400" });
  const [first] = await clone.tar("-tvzf", ARCHIVE, "--utc");
  assert.match(first!, / 1970-01-02 00:00 masterd-1\.2\.3\/$/);
});

Deno.test("dist.sh builds a binary only if there is none, or one older than its sources", async () => {
  await using clone = await Clone.create();
  await clone.pack();
  assert.deepEqual(await clone.calls(), ["aarch64"]);
  await clone.pack();
  assert.deepEqual(await clone.calls(), ["aarch64"]);
  const { mtimeMs } = await stat(clone.path("dist/masterd"));
  await utimes(clone.path("src/a.ts"), mtimeMs / 1000 + 1, mtimeMs / 1000 + 1);
  await utimes(clone.path("dist/masterd-aarch64"), mtimeMs / 1000 + 2, mtimeMs / 1000 + 2);
  await clone.pack();
  assert.deepEqual(await clone.calls(), ["aarch64", "x86_64"]);
});

Deno.test("dist.sh builds a binary anew that was built of another commit", async () => {
  await using clone = await Clone.create();
  await clone.write("dist/masterd", BINARY.replace(FACTS, "commit=0;"), 0o755);
  await clone.pack();
  assert.deepEqual(await clone.calls(), ["x86_64", "aarch64"]);
});

Deno.test("dist.sh goes without another machine's tarball where its binary cannot be built", async () => {
  await using clone = await Clone.create();
  await clone.pack();
  await rm(clone.path("dist/masterd-aarch64"));
  await clone.write("no-base", "");
  const { code, lines, errors } = await clone.pack();
  assert.deepEqual({ code, lines }, { code: 0, lines: [`dist/${ARCHIVE}: 0 MB`] });
  assert.match(
    errors,
    /No base .* aarch64\nNo tarball for arm64: its binary could not be built\n$/,
  );
  await assert.rejects(stat(clone.path(`dist/${ARM64_ARCHIVE}`)), "what an earlier run packed");
});

Deno.test("dist.sh fails, and leaves nothing, without a binary of its own machine", async () => {
  await using clone = await Clone.create();
  await clone.write("no-base", "");
  await rm(clone.path("dist/masterd"));
  const { code, errors } = await clone.pack();
  assert.deepEqual({ code, errors }, { code: 1, errors: "No base of a binary for x86_64\n" });
  const left = await run("ls", ["-A", clone.path("dist")]);
  assert.deepEqual(left.lines, []);
});

Deno.test("dist.sh says that something is packed which no commit has", async () => {
  await using clone = await Clone.create();
  assert.equal((await clone.pack()).errors, "");
  await clone.write("conf/masters", lines("other:8081"));
  assert.match((await clone.pack()).errors, /^There are changes that no commit has: /);
});
