import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Installation, lines, run } from "./installation.ts";

const tools = join(import.meta.dirname!, "..", "..", "tools");

/** An installation with tools/run.sh, in which no ZooKeeper answers and one is at hand. */
async function sourceTree(): Promise<Installation> {
  const installation = await Installation.create("a home");
  await mkdir(installation.path("tools"));
  await cp(join(tools, "run.sh"), installation.path("tools", "run.sh"));
  // Which servers that starts is tested elsewhere.
  await writeFile(installation.path("bin", "start-zookeeper-quorum.sh"), "#!/bin/sh\n");
  for (const [name, code] of [["deno.sh", 1], ["zookeeper.sh", 0]] as const) {
    const file = installation.path("tools", name);
    await writeFile(
      file,
      `#!/bin/sh\necho ${name} >>'${installation.path("asked")}'\nexit ${code}\n`,
    );
    await chmod(file, 0o755);
  }
  await installation.answer({
    "check-config": "",
    "quorum-servers": "",
    "zoo-cfg": lines("embedded"),
    leader: lines("http://localhost:8081"),
  });
  return installation;
}

Deno.test("run.sh starts nothing, ZooKeeper neither, when the configuration is wrong", async () => {
  await using installation = await sourceTree();
  await installation.answer({ "check-config": null });
  const outcome = await run(installation.path("tools", "run.sh"));
  assert.deepEqual({ ...outcome, lines: withoutTimes(outcome.lines) }, {
    code: 78,
    lines: ["-- Deno and settings"],
    errors: "conf/check-config:3: the line has no host\n",
  });
  assert.deepEqual(await installation.noted("asked"), []);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("run.sh says that a cluster without high availability is up, and where", async () => {
  await using installation = await sourceTree();
  const scriptEnv = await readFile(installation.path("conf", "answers", "script-env"), "utf8");
  await installation.answer({
    "script-env": scriptEnv.replace("zookeeper", "none"),
    masters: null,
  });
  const outcome = await run(installation.path("tools", "run.sh"));
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.deepEqual(withoutTimes(outcome.lines), [
    "-- Deno and settings",
    "-- configuration",
    "The cluster is already up.",
    "Leader: http://localhost:8081",
    "Stop with: make stop",
  ]);
});

Deno.test("run.sh brings up ZooKeeper and the cluster, whatever CDPATH says", async () => {
  await using installation = await sourceTree();
  await installation.answer({ masters: lines("localhost\t1\tlocal\t-\t-") });
  await mkdir(installation.path("conf", "tools"));
  const outcome = await run("bash", ["tools/run.sh"], {
    folder: installation.home,
    environment: { CDPATH: `${installation.path("conf")}:.` },
  });
  assert.equal(outcome.code, 0, outcome.errors);
  assert.deepEqual(withoutTimes(outcome.lines), [
    "-- Deno and settings",
    "-- configuration",
    "-- ZooKeeper",
    "Starting HA cluster with 1 masters and 1 peers in ZooKeeper quorum.",
    "Starting standalonesession daemon on host localhost.",
    "Starting taskexecutor daemon on host localhost.",
    "-- cluster",
    "-- leader",
    "Leader: http://localhost:8081",
    "Status of the masters:",
    "  http://localhost:1/",
    "Stop with: make stop",
  ]);
  assert.deepEqual(await installation.noted("asked"), ["deno.sh"]);
  const stopped = await run(installation.path("tools", "run.sh"), ["stop"]);
  assert.equal(stopped.code, 0);
  assert.deepEqual(await installation.files(installation.path("run")), []);
});

Deno.test("run.sh brings ZooKeeper back beneath a cluster that is up", async () => {
  await using installation = await sourceTree();
  using master = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = master.addr as Deno.NetAddr;
  await installation.answer({ masters: lines(`127.0.0.1\t${port}\tlocal\t-\t-`) });
  const outcome = await run(installation.path("tools", "run.sh"));
  assert.equal(outcome.code, 0, outcome.errors);
  const told = withoutTimes(outcome.lines);
  assert.deepEqual(told.slice(0, 4), [
    "-- Deno and settings",
    "-- configuration",
    "-- ZooKeeper",
    "The cluster is already up.",
  ]);
  assert.deepEqual(await installation.noted("asked"), ["deno.sh"]);
});

Deno.test("run.sh installs Apache ZooKeeper only where conf asks for it", async () => {
  await using installation = await sourceTree();
  await installation.answer({
    masters: lines("localhost\t1\tlocal\t-\t-"),
    "zoo-cfg": lines("apache"),
  });
  const outcome = await run(installation.path("tools", "run.sh"));
  assert.equal(outcome.code, 0, outcome.errors);
  assert.deepEqual(await installation.noted("asked"), ["deno.sh", "zookeeper.sh"]);
  await run(installation.path("tools", "run.sh"), ["stop"]);
});

/** The lines of steps without how long they took. */
function withoutTimes(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/: \d+\.\d{3} s$/, ""));
}
