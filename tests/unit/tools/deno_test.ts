import assert from "node:assert/strict";

const DENO_SH = new URL("../../../tools/deno.sh", import.meta.url).pathname;

/** A clone with nothing but tools/deno.sh, and stand-ins for npm and the Deno on PATH. */
class Clone implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(pathDeno: string): Promise<Clone> {
    const clone = new Clone(await Deno.makeTempDir({ prefix: "masterd tools " }));
    await Deno.mkdir(`${clone.folder}/tools`);
    await Deno.copyFile(DENO_SH, `${clone.folder}/tools/deno.sh`);
    await clone.write("bin/deno", `echo "deno ${pathDeno} (stable, release, x)"`);
    // As npm does, it takes a package that lies there for whole.
    await clone.write(
      "bin/npm",
      `echo npm >>"${clone.folder}/installs"
for platform in x64 arm64; do
  folder="${clone.folder}/.tools/node_modules/@deno/linux-$platform-glibc"
  [ ! -e "$folder" ] || continue
  mkdir -p "$folder"
  printf '#!/bin/sh\\necho pinned\\n' >"$folder/deno"
  chmod +x "$folder/deno"
done`,
    );
    return clone;
  }

  async write(name: string, script: string): Promise<void> {
    const file = `${this.folder}/${name}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  async run(...args: string[]): Promise<string> {
    const { stdout } = await new Deno.Command(`${this.folder}/tools/deno.sh`, {
      args,
      clearEnv: true,
      env: { PATH: `${this.folder}/bin:/usr/bin:/bin` },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  }

  async installs(): Promise<number> {
    const text = await Deno.readTextFile(`${this.folder}/installs`).catch(() => "");
    return text.split("\n").length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

for (const version of ["2.6.8", "2.6.10", "2.7.0", "2.8.3"]) {
  Deno.test(`deno.sh takes Deno ${version} that is on PATH`, async () => {
    await using clone = await Clone.create(version);
    assert.equal(await clone.run("--path"), `${clone.folder}/bin/deno`);
    assert.equal(await clone.installs(), 0);
  });
}

for (const version of ["2.6.7", "2.5.9", "2.9.0", "1.46.3", "3.0.0", "12.6.8"]) {
  Deno.test(`deno.sh installs its own beside Deno ${version}, once`, async () => {
    await using clone = await Clone.create(version);
    assert.equal(await clone.run("--version"), "pinned");
    assert.equal(await clone.run("--version"), "pinned");
    assert.equal(await clone.installs(), 1);
  });
}

Deno.test("deno.sh installs once when called several times at once", async () => {
  await using clone = await Clone.create("1.0.0");
  const answers = await Promise.all([1, 2, 3].map(() => clone.run("--version")));
  assert.deepEqual(answers, ["pinned", "pinned", "pinned"]);
  assert.equal(await clone.installs(), 1);
});

Deno.test("deno.sh replaces what an interrupted install has left", async () => {
  await using clone = await Clone.create("1.0.0");
  for (const platform of ["x64", "arm64"]) {
    await clone.write(`.tools/node_modules/@deno/linux-${platform}-glibc/deno`, "exit 1");
  }
  assert.equal(await clone.run("--version"), "pinned");
});
