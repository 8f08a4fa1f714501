import assert from "node:assert/strict";
import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { Installation } from "./installation.ts";

/** The layout of deploy-cluster.sh: two versions, of which `one` is current. */
async function deployed(): Promise<Installation> {
  const installation = await Installation.create("a home");
  await mkdir(installation.path("versions", "one"), { recursive: true });
  for (const name of ["masterd", "bin", "conf"]) {
    await rename(installation.path(name), installation.path("versions", "one", name));
    await symlink(`current/${name}`, installation.path(name));
  }
  await cp(installation.path("versions", "one"), installation.path("versions", "two"), {
    recursive: true,
  });
  await symlink("versions/one", installation.path("current"));
  return installation;
}

async function switchTo(installation: Installation, version: string): Promise<void> {
  await rm(installation.path("current"));
  await symlink(`versions/${version}`, installation.path("current"));
}

Deno.test("the scripts of one version stop what another version has started", async () => {
  await using installation = await deployed();
  const started = await installation.run("start-cluster.sh");
  assert.deepEqual([started.code, started.errors], [0, ""]);
  const before = await installation.instances("standalonesession");
  assert.equal(before.length, 2);
  await switchTo(installation, "two");
  await installation.run("start-cluster.sh");
  assert.deepEqual(await installation.instances("standalonesession"), before);
  const { lines } = await installation.run("stop-cluster.sh");
  assert.equal(lines.filter((line) => line.startsWith("Stopping")).length, 3);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("the scripts of a version know their home by whatever path they are called", async () => {
  await using installation = await deployed();
  await installation.run("taskmanager.sh", ["start"]);
  const [worker] = await installation.instances("taskexecutor");
  const { lines } = await installation.run("../versions/one/bin/taskmanager.sh", ["stop"]);
  assert.match(lines[0]!, new RegExp(`^Stopping taskexecutor daemon \\(pid: ${worker!.pid}\\)`));
});

Deno.test("a folder named versions without a link current is nothing special", async () => {
  await using installation = await deployed();
  await rm(installation.path("current"));
  const script = "../versions/two/bin/taskmanager.sh";
  const { code, errors } = await installation.run(script, ["stop"]);
  assert.deepEqual([code, errors], [0, ""]);
  const calls = await installation.noted("versions/two/calls");
  assert.deepEqual(calls, ["script-env"]);
});
