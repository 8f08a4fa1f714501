import assert from "node:assert/strict";
import { UNIT_NAMES } from "../../unit/systemd/unit_file.ts";

const FOLDER = new URL("../../../conf/systemd/", import.meta.url);

/** The exposure that `systemd-analyze security` may find, in tenths: what Debian 12 finds is 1.9 and 1.5. */
const MAX_EXPOSURE = {
  "masterd-jobmanager@.service": 20,
  "masterd-taskmanager.service": 20,
  "masterd-zookeeper@.service": 16,
} as const;

/** The units as they are once installed, in a folder that is there. */
async function installedUnits() {
  const folder = await Deno.makeTempDir({ prefix: "masterd_units_" });
  await Deno.mkdir(`${folder}/opt/bin`, { recursive: true });
  for (const program of ["masterd", "bin/zookeeper.sh"]) {
    await Deno.writeTextFile(`${folder}/opt/${program}`, "#!/bin/sh\n", { mode: 0o755 });
  }
  for (const name of UNIT_NAMES) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    await Deno.writeTextFile(
      `${folder}/${name}`,
      text.replaceAll("/opt/masterd", `${folder}/opt`),
    );
  }
  return {
    path: (name: string) => `${folder}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function analyze(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", { args }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("systemd-analyze verify finds nothing to say about a unit", async () => {
  await using units = await installedUnits();
  for (const name of UNIT_NAMES) {
    const answer = await analyze(
      ...["verify", "--man=no", "--recursive-errors=no", units.path(name)],
    );
    assert.deepEqual(answer, { code: 0, text: "" }, name);
  }
});

Deno.test("systemd-analyze verify does find a line that systemd does not know", async () => {
  await using units = await installedUnits();
  const path = units.path("masterd-taskmanager.service");
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("Delegate=", "Delegat="));
  const { text } = await analyze("verify", "--man=no", "--recursive-errors=no", path);
  assert.match(text, /Delegat/);
});

for (const name of UNIT_NAMES) {
  Deno.test(`systemd-analyze security finds ${name} exposed no more than it must be`, async () => {
    await using units = await installedUnits();
    const limit = `--threshold=${MAX_EXPOSURE[name]}`;
    const answer = await analyze("security", "--offline=true", limit, units.path(name));
    assert.equal(answer.code, 0, answer.text);
  });
}
