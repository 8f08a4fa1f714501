import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, cp, mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { until } from "../support/until.ts";
import { Deployment, exists, modeOf, target } from "./deployment.ts";

Deno.test("deploy-cluster.sh makes an installation that lies there a version, under its running daemons", async () => {
  await using deployment = await Deployment.create("n1");
  const home = deployment.on("n1");
  await cp(deployment.source.home, home, { recursive: true });
  await using daemon = await runningProgram(deployment.on("n1", "masterd"));
  await writeFile(deployment.on("n1", "conf", "own"), "own\n");
  await writeFile(deployment.on("n1", "run"), "");
  const outcome = await deployment.run();
  assert.match(outcome.lines[1]!, /^n1 {4}switched from plain to 1\.0\.0-/);
  assert.equal(await target(deployment.on("n1", "previous")), "versions/plain");
  assert.equal(await target(deployment.on("n1", "bin")), "current/bin");
  assert.equal(await readFile(deployment.on("n1", "conf", "own"), "utf8"), "own\n");
  assert.ok(await exists(deployment.on("n1", "run")));
  assert.equal(
    await readlink(`/proc/${daemon.pid}/exe`),
    deployment.on("n1", "versions", "plain", "masterd"),
  );
  assert.equal(await modeOf(deployment.on("n1", "previous")), "755");
  await deployment.run("--rollback");
  assert.equal(await target(deployment.on("n1", "current")), "versions/plain");
});

Deno.test("deploy-cluster.sh leaves a plain installation alone that is the same", async () => {
  await using deployment = await Deployment.create("n1");
  await cp(deployment.source.home, deployment.on("n1"), { recursive: true });
  const { lines } = await deployment.run();
  assert.equal(lines[1], "n1    up to date (plain)");
  assert.ok(!await exists(deployment.on("n1", "versions")));
});

Deno.test("deploy-cluster.sh goes on where another was killed while it switched", async () => {
  await using deployment = await Deployment.create("n1");
  const on = (...names: string[]) => deployment.on("n1", ...names);
  await mkdir(on("versions", "plain"), { recursive: true });
  await mkdir(on("versions", "1.0.0-abc.new"));
  // Moved already: masterd; moved, but without its link: conf; not yet: bin.
  await cp(deployment.source.path("masterd"), on("versions", "plain", "masterd"));
  await mkdir(on("versions", "plain", "conf"));
  await writeFile(on("versions", "plain", "conf", "own"), "own\n");
  await mkdir(on("bin"));
  await symlink("versions/plain", on("current"));
  await symlink("current/masterd", on("masterd"));
  const outcome = await deployment.run();
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  for (const name of ["masterd", "bin", "conf"]) {
    assert.equal(await target(on(name)), `current/${name}`);
  }
  assert.equal(await readFile(on("conf", "own"), "utf8"), "own\n");
  assert.ok(!await exists(on("versions", "1.0.0-abc.new")));
  assert.ok(await exists(on("previous", "masterd")));
});

Deno.test("deploy-cluster.sh removes old versions, but none that runs", async () => {
  await using deployment = await Deployment.create("n1");
  await deployment.run();
  const first = await readlink(deployment.on("n1", "current"));
  const deployTwice = async (name: string) => {
    for (const text of ["1", "2"]) {
      await deployment.write(`conf/${name}`, text);
      await deployment.run();
    }
  };
  {
    await using _daemon = await runningProgram(deployment.on("n1", "masterd"));
    await deployTwice("while it runs");
    assert.ok(await exists(deployment.on("n1", first)));
  }
  await deployTwice("afterwards");
  const versions = await deployment.source.files(deployment.on("n1", "versions"));
  const kept = [
    await target(deployment.on("n1", "current")),
    await target(deployment.on("n1", "previous")),
  ];
  assert.deepEqual(versions.map((name) => `versions/${name}`), kept.sort());
});

Deno.test("deploy-cluster.sh leaves nothing on a host whose disk is full", async () => {
  await using deployment = await Deployment.create("n1", "full1");
  await deployment.write("conf/large", "x".repeat(100_000));
  const outcome = await deployment.run();
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^full1 {2}Cannot write .*No space left on device$/m);
  assert.match(outcome.errors, /^n1 {5}not switched/m);
  assert.equal(await readFile(deployment.path("hosts", "left"), "utf8"), "");
});

Deno.test("deploy-cluster.sh names a host where it may not write", async () => {
  await using deployment = await Deployment.create("fixed1");
  await mkdir(deployment.on("fixed1"), { recursive: true });
  const outcome = await deployment.run();
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^fixed1 {2}.*Read-only file system$/m);
});

Deno.test("deploy-cluster.sh does not switch to a binary that does not run there", async () => {
  await using deployment = await Deployment.create("n1");
  const { source } = deployment;
  const environment = { ...deployment.environment, MASTERD_BIN: deployment.path("masterd") };
  await cp(source.path("masterd"), deployment.path("masterd"));
  await deployment.write("masterd", "#!/bin/sh\necho not for this machine\nexit 1\n");
  const outcome = await source.run("deploy-cluster.sh", [], { environment });
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^n1 {4}The binary does not run there: not for this machine$/m);
  assert.ok(!await exists(deployment.on("n1")));
});

Deno.test("deploy-cluster.sh replaces no link to somewhere else", async () => {
  await using deployment = await Deployment.create("n1");
  await mkdir(deployment.on("n1"), { recursive: true });
  await symlink(deployment.path(), deployment.on("n1", "conf"));
  const outcome = await deployment.run();
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /conf is a link to somewhere else/);
  assert.equal(await target(deployment.on("n1", "conf")), deployment.path());
});

Deno.test("deploy-cluster.sh breaks no link of conf there", async () => {
  await using deployment = await Deployment.create("n1");
  await mkdir(deployment.on("n1", "conf", "more"), { recursive: true });
  const link = deployment.on("n1", "conf", "more", "token");
  await symlink("../../token", link);
  const outcome = await deployment.run();
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^n1 {4}.*conf\/more\/token is a link out of .*conf: give it an /m);
  assert.equal(await target(link), "../../token");
  await rm(link);
  await symlink("../inside", link);
  assert.equal((await deployment.run()).code, 0);
});

Deno.test("deploy-cluster.sh that is ended leaves nothing on the hosts", async () => {
  await using deployment = await Deployment.create("n1", "slow1");
  const script = deployment.begin();
  await until(() => stagedFiles(deployment), (names) => names.includes("sha256sums"));
  script.kill("SIGTERM");
  assert.equal((await script.status).code, 143);
  await until(() => exists(deployment.on("n1")), (isThere) => !isThere);
  await writeFile(deployment.path("hosts", "go"), "");
  const outcome = await deployment.run();
  assert.match(outcome.lines.join("\n"), /^n1 {5}switched/m);
});

Deno.test("deploy-cluster.sh waits for no other deployment", async () => {
  await using deployment = await Deployment.create("n1", "n2");
  await using other = await deployment.program("n1");
  await other.say(await manifest(deployment, "masterd"));
  await other.hear("want");
  const outcome = await deployment.run();
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^n1 {4}Another deployment is under way there\.$/m);
  assert.match(outcome.errors, /^n2 {4}not switched/m);
});

Deno.test("the program on a host keeps nothing of what arrives damaged", async () => {
  await using deployment = await Deployment.create();
  const program = await deployment.program("n1");
  await program.say(await manifest(deployment, "masterd"));
  await program.hear("want");
  await program.say("x".repeat((await readFile(deployment.source.path("masterd"))).length));
  const { code, errors } = await program.end();
  assert.equal(code, 1);
  assert.match(errors, /What has arrived is not what was sent: masterd: FAILED/);
  assert.ok(!await exists(deployment.on("n1")));
});

for (const part of ["a half of the list", "a half of a file", "all files"]) {
  Deno.test(`the program on a host keeps nothing when the connection ends behind ${part}`, async () => {
    await using deployment = await Deployment.create();
    const program = await deployment.program("n1");
    const list = await manifest(deployment, "masterd");
    const text = await readFile(deployment.source.path("masterd"), "utf8");
    if (part.endsWith("list")) {
      await program.say(list.replace("end\n", ""));
    } else {
      await program.say(list);
      await program.hear("want");
      await program.say(part === "all files" ? text : text.slice(100));
      if (part === "all files") await program.hear("staged");
    }
    await program.end();
    assert.ok(!await exists(deployment.on("n1")));
  });
}

Deno.test("the next deployment clears away what a program that was killed has left", async () => {
  await using deployment = await Deployment.create("n1");
  const list = await manifest(deployment, "masterd");
  const program = await deployment.program("n1");
  await program.say(list);
  await program.hear("want");
  await program.crash();
  const versions = () => deployment.source.files(deployment.on("n1", "versions"));
  assert.deepEqual(await versions(), [".deploying", "1.0.0-test.new"]);
  await using again = await deployment.program("n1");
  await again.say(list);
  await again.hear("want");
  await again.end();
  assert.deepEqual(await versions(), []);
});

/** The list of one file. */
async function manifest(deployment: Deployment, name: string): Promise<string> {
  const bytes = await readFile(deployment.source.path(name));
  const sum = createHash("sha256").update(bytes).digest("hex");
  return `${sum}\t755\t${bytes.length}\t${name}\nend\n`;
}

async function stagedFiles(deployment: Deployment): Promise<string[]> {
  const versions = deployment.on("n1", "versions");
  const [staged] = (await deployment.source.files(versions)).filter((name) =>
    name.endsWith(".new")
  );
  return staged === undefined ? [] : await deployment.source.files(`${versions}/${staged}`);
}

/** A program that runs from this file, which it replaces. */
async function runningProgram(file: string): Promise<{ pid: number } & AsyncDisposable> {
  const path = await readlink(file).then(() => Deno.realPathSync(file), () => file);
  await rm(path);
  await cp("/usr/bin/sleep", path);
  await chmod(path, 0o755);
  const process = new Deno.Command(path, { args: ["600"] }).spawn();
  return {
    pid: process.pid,
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
    },
  };
}
