import assert from "node:assert/strict";
import {
  appendFile,
  chmod,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { textLines } from "./installation.ts";
import { Deployment, exists, isOneFile, modeOf, target } from "./deployment.ts";

Deno.test("deploy-cluster.sh brings an installation to hosts that have none, to each once", async () => {
  await using deployment = await Deployment.create("n1", "n2");
  const { source } = deployment;
  await source.answer({
    masters: "localhost\t8081\tlocal\t-\t-\nn1\t8081\tremote\tjoe\t2222\n",
    "quorum-servers": "1\tN2\tremote\t-\t-\n2\tn3\tremote\t-\t-\n",
  });
  await deployment.write("conf/zoo.cfg", "");
  await deployment.write('conf/it\'s $(id) "secret"', "password\n");
  await chmod(source.path("conf", 'it\'s $(id) "secret"'), 0o600);
  const outcome = await deployment.run();
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.match(
    outcome.lines[1]!,
    /^n1 {4}switched from - to 1\.0\.0-[0-9a-f]{12} \(files sent: \d+,/,
  );
  const calls = await textLines(deployment.path("hosts", "calls"));
  assert.equal(calls.length, 3);
  assert.ok(calls.some((call) => call.includes("-l joe -p 2222 ") && call.endsWith(" n1 --")));
  for (const host of ["n1", "n2", "n3"]) {
    assert.equal(await target(deployment.on(host, "masterd")), "current/masterd");
    assert.equal(await target(deployment.on(host, "bin")), "current/bin");
    assert.match(await target(deployment.on(host, "current")) ?? "", /^versions\/1\.0\.0-/);
    assert.equal(await target(deployment.on(host, "previous")), undefined);
    assert.equal(await modeOf(deployment.on(host, "bin", "start-cluster.sh")), "755");
    assert.equal(await modeOf(deployment.on(host, "conf", 'it\'s $(id) "secret"')), "600");
    assert.deepEqual(
      await readFile(deployment.on(host, "masterd")),
      await readFile(source.path("masterd")),
    );
  }
});

Deno.test("deploy-cluster.sh sends what has changed, and keeps the version before", async () => {
  await using deployment = await Deployment.create("n1");
  await deployment.run();
  const first = await target(deployment.on("n1", "current"));
  await deployment.write("conf/new", "1\n");
  const { lines } = await deployment.run();
  assert.match(lines[1]!, /\(files sent: 1, bytes: 2\)$/);
  assert.equal(await target(deployment.on("n1", "previous")), first);
  const before = (...names: string[]) => deployment.on("n1", "previous", ...names);
  const now = (...names: string[]) => deployment.on("n1", ...names);
  assert.ok(await isOneFile(before("masterd"), now("masterd")));
  // Whoever edits a file of conf there edits one version.
  assert.ok(
    !await isOneFile(before("conf", "answers", "workers"), now("conf", "answers", "workers")),
  );
});

Deno.test("deploy-cluster.sh leaves alone what is up to date", async () => {
  await using deployment = await Deployment.create("n1");
  await deployment.run();
  const version = await target(deployment.on("n1", "current"));
  const { code, lines } = await deployment.run();
  assert.deepEqual([code, lines[1]], [
    0,
    `n1    up to date (${version!.replace("versions/", "")})`,
  ]);
  assert.deepEqual(
    await deployment.source.files(deployment.on("n1", "versions")),
    [version!.replace("versions/", "")],
  );
});

Deno.test("deploy-cluster.sh mends a file that was changed there, and its mode", async () => {
  await using deployment = await Deployment.create("n1");
  await deployment.run();
  await appendFile(deployment.on("n1", "bin", "config.sh"), "exit 1\n");
  await chmod(deployment.on("n1", "bin", "jobmanager.sh"), 0o644);
  const { lines } = await deployment.run();
  assert.match(lines[1]!, /\.2 \(files sent: 1, /);
  assert.doesNotMatch(await readFile(deployment.on("n1", "bin", "config.sh"), "utf8"), /exit 1\n$/);
  assert.equal(await modeOf(deployment.on("n1", "bin", "jobmanager.sh")), "755");
  assert.equal(await modeOf(deployment.on("n1", "previous", "bin", "jobmanager.sh")), "644");
});

Deno.test("deploy-cluster.sh --dry-run tells what it would do, and writes nothing", async () => {
  await using deployment = await Deployment.create("n1", "n2");
  const { source } = deployment;
  await deployment.run();
  const versions = await source.files(deployment.on("n1", "versions"));
  await rm(deployment.path("hosts", "n2"), { recursive: true });
  await deployment.write("conf/new", "1\n");
  await rm(source.path("conf", "answers", "workers"));
  await source.answer({ workers: "n1\tremote\t-\t-\nn2\tremote\t-\t-\n" });
  await rm(source.path("bin", "zookeeper.sh"));
  await writeFile(deployment.on("n1", "conf", "own"), "");
  const { code, lines } = await deployment.run("--dry-run");
  assert.equal(code, 0);
  assert.deepEqual(lines.filter((line) => line.startsWith("n1: ")), [
    "n1: would send conf/new (2 bytes)",
    "n1: would leave out bin/zookeeper.sh",
    "n1: would keep conf/own, which is there only",
  ]);
  assert.ok(
    lines.includes(
      `n2: would send masterd (${(await readFile(source.path("masterd"))).length} bytes)`,
    ),
  );
  assert.deepEqual(await source.files(deployment.on("n1", "versions")), versions);
  assert.ok(!await exists(deployment.on("n2")));
});

Deno.test("deploy-cluster.sh keeps files of conf that a host has alone, but not those it was sent", async () => {
  await using deployment = await Deployment.create("n1");
  await deployment.write("conf/old", "");
  await deployment.run();
  await writeFile(deployment.on("n1", "conf", "own"), "own\n", { mode: 0o600 });
  await rm(deployment.source.path("conf", "old"));
  await deployment.run();
  assert.equal(await readFile(deployment.on("n1", "conf", "own"), "utf8"), "own\n");
  assert.equal(await modeOf(deployment.on("n1", "conf", "own")), "600");
  assert.ok(!await exists(deployment.on("n1", "conf", "old")));
  assert.ok(await exists(deployment.on("n1", "previous", "conf", "old")));
});

Deno.test("deploy-cluster.sh --rollback goes back on every host, and forth", async () => {
  await using deployment = await Deployment.create("n1", "n2");
  await deployment.run();
  const first = await target(deployment.on("n1", "current"));
  await deployment.write("conf/new", "1\n");
  await deployment.run();
  const second = await target(deployment.on("n1", "current"));
  for (const [now, before] of [[first, second], [second, first]]) {
    assert.equal((await deployment.run("--rollback")).code, 0);
    for (const host of ["n1", "n2"]) {
      assert.equal(await target(deployment.on(host, "current")), now);
      assert.equal(await target(deployment.on(host, "previous")), before);
    }
  }
});

Deno.test("deploy-cluster.sh --rollback goes nowhere when one host cannot", async () => {
  await using deployment = await Deployment.create("n1", "n2");
  await deployment.run();
  await deployment.write("conf/new", "1\n");
  await deployment.run();
  const current = await target(deployment.on("n1", "current"));
  await rm(deployment.on("n2", "previous"));
  const outcome = await deployment.run("--rollback");
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /^n2: \[ERROR\] There is no previous version there\.$/m);
  assert.match(outcome.errors, /^n1 {4}not switched, because others failed/m);
  assert.equal(await target(deployment.on("n1", "current")), current);
});

Deno.test("deploy-cluster.sh switches no host while one cannot be reached", async () => {
  await using deployment = await Deployment.create("n1", "dark1");
  const outcome = await deployment.run();
  assert.equal(outcome.code, 255);
  assert.match(
    outcome.errors,
    /^dark1 {2}unreachable: .*connect to host dark1 port 22: No route to host$/m,
  );
  assert.match(outcome.errors, /^n1 {5}not switched, because others failed \(-\)$/m);
  assert.ok(!await exists(deployment.on("n1")));
});

Deno.test("deploy-cluster.sh --partial switches those that can be reached", async () => {
  await using deployment = await Deployment.create("n1", "dark1");
  const outcome = await deployment.run("--partial");
  assert.equal(outcome.code, 255);
  assert.match(outcome.errors, /^n1 {5}switched from - to /m);
  assert.ok(await exists(deployment.on("n1", "current", "masterd")));
});

Deno.test("deploy-cluster.sh takes two names of one host for one", async () => {
  await using deployment = await Deployment.create("n1", "n1.example.org");
  const outcome = await deployment.run();
  assert.equal(outcome.code, 0);
  const results = outcome.lines.slice(1, 3).map((line) => line.replace(/^\S+ +(\w+ \w+).*/, "$1"))
    .sort();
  assert.ok(["switched from,the installation", "switched from,up to"].includes(results.join()));
});

Deno.test("deploy-cluster.sh copies an installation that was deployed itself", async () => {
  await using deployment = await Deployment.create("n1");
  const { source } = deployment;
  await mkdir(source.path("versions", "first"), { recursive: true });
  for (const name of ["masterd", "bin", "conf"]) {
    await rename(source.path(name), source.path("versions", "first", name));
    await symlink(`current/${name}`, source.path(name));
  }
  await symlink("versions/first", source.path("current"));
  const outcome = await deployment.run();
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.equal(await target(deployment.on("n1", "bin")), "current/bin");
  assert.equal(await target(deployment.on("n1", "current", "bin")), undefined);
  assert.ok(await exists(deployment.on("n1", "current", "bin", "config.sh")));
});

for (const words of [["--unknown"], ["--dry-run", "--rollback"], ["n1"]]) {
  Deno.test(`deploy-cluster.sh refuses ${words.join(" ")}`, async () => {
    await using deployment = await Deployment.create("n1");
    const outcome = await deployment.run(...words);
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, /^Usage: deploy-cluster\.sh /);
  });
}

Deno.test("deploy-cluster.sh refuses to copy a source tree, and says what to do", async () => {
  await using deployment = await Deployment.create("n1");
  const { source } = deployment;
  const environment = { ...deployment.environment, MASTERD_BIN: deployment.path("masterd") };
  await Deno.rename(source.path("masterd"), deployment.path("masterd"));
  const outcome = await source.run("deploy-cluster.sh", [], { environment });
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /There is no binary .*make dist/);
});

Deno.test("deploy-cluster.sh refuses a configuration folder that it would not copy", async () => {
  await using deployment = await Deployment.create("n1");
  const { source } = deployment;
  const answers = await readFile(source.path("conf", "answers", "script-env"), "utf8");
  await source.answer({ "script-env": answers, masters: "", workers: "" }, "elsewhere");
  const environment = { ...deployment.environment, MASTERD_CONF_DIR: source.path("elsewhere") };
  const outcome = await source.run("deploy-cluster.sh", [], { environment });
  assert.equal(outcome.code, 1);
  assert.match(outcome.errors, /the configuration folder is .*elsewhere/);
});

for (const name of ["line\nbreak", "back\\slash"]) {
  Deno.test(`deploy-cluster.sh refuses ${JSON.stringify(name)} as the name of a file`, async () => {
    await using deployment = await Deployment.create("n1");
    await deployment.write(`conf/${name}`, "");
    const outcome = await deployment.run();
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, /Cannot deploy .*no control characters/);
    assert.ok(!await exists(deployment.on("n1")));
  });
}
