import assert from "node:assert/strict";
import { chmod, cp, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crash, fakeSsh, Installation, lines, type Outcome, textLines } from "./installation.ts";

const fixtures = join(import.meta.dirname!, "fixtures");

Deno.test("rolling-restart.sh restarts standbys, then the leader behind a handover, then workers", async () => {
  await using cluster = await startedCluster({ leader: "localhost:8082" });
  const before = await allInstances(cluster);
  const outcome = await cluster.run("rolling-restart.sh");
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.deepEqual(steps(outcome), [
    "Restarting master localhost:8081 (standby).",
    "Restarting master localhost:8083 (standby).",
    "Handing leadership over from localhost:8082.",
    "Restarting master localhost:8082 (standby).",
    "Restarting worker 1 on localhost.",
    "Restarting worker 2 on localhost.",
    "Restarted: 5 daemons.",
  ]);
  assert.deepEqual(await textLines(cluster.path("leaders")), ["localhost:8082", "localhost:8081"]);
  const after = await allInstances(cluster);
  assert.deepEqual(after.map(({ name }) => name).sort(), before.map(({ name }) => name).sort());
  for (const { pid } of before) assert.ok(after.every((instance) => instance.pid !== pid));
});

Deno.test("rolling-restart.sh hands the properties of the start on", async () => {
  await using cluster = await startedCluster();
  const outcome = await cluster.run("rolling-restart.sh", ["-Dlog.level=DEBUG", "-z", "/two"]);
  assert.equal(outcome.code, 0);
  const [worker] = (await cluster.noted("daemons")).slice(-1);
  assert.match(
    worker!,
    /taskmanager .*-D log\.level=DEBUG -D high-availability\.cluster-id=\/two$/,
  );
});

Deno.test("rolling-restart.sh refuses to begin when a master is not there, and names the way on", async () => {
  await using cluster = await startedCluster();
  await crash((await cluster.instances("standalonesession"))[2]!.pid);
  const before = await allInstances(cluster);
  const outcome = await cluster.run("rolling-restart.sh");
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    /masterd: a master is unreachable\n\[ERROR\] The cluster is not well\./,
  );
  assert.match(outcome.errors, /--force/);
  assert.deepEqual(steps(outcome), []);
  assert.deepEqual(await allInstances(cluster), before);
});

Deno.test("rolling-restart.sh leaves nothing out when the masters are once not known", async () => {
  await using cluster = await startedCluster();
  await rename(cluster.path("masterd"), cluster.path("knowing"));
  await script(
    cluster.path("masterd"),
    'once="${MASTERD_HOME}/once"',
    '[[ "$*" != "status --roles" || -e ${once} ]] || { : >"${once}"; exit 69; }',
    'exec "${MASTERD_HOME}/knowing" "$@"',
  );
  const outcome = await cluster.run("rolling-restart.sh");
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.equal(outcome.lines.at(-1), "Restarted: 5 daemons.");
});

Deno.test("rolling-restart.sh restarts each worker of a host that is written in two ways", async () => {
  await using cluster = await startedCluster();
  const { environment } = await fakeSsh(cluster);
  await cluster.run("taskmanager.sh", ["stop-all"]);
  await cluster.answer({ workers: lines("node1\tremote\t-\t-", "NODE1\tremote\t-\t-") });
  assert.equal((await cluster.run("start-cluster.sh", [], { environment })).code, 0);
  const before = await cluster.instances("taskexecutor");
  assert.equal((await cluster.run("rolling-restart.sh", [], { environment })).code, 0);
  const after = await cluster.instances("taskexecutor");
  assert.deepEqual(after.map(({ name }) => name).sort(), ["0", "1"]);
  for (const { pid } of before) assert.ok(after.every((instance) => instance.pid !== pid));
});

Deno.test("rolling-restart.sh --force leaves out a master that is not there", async () => {
  await using cluster = await startedCluster();
  await crash((await cluster.instances("standalonesession"))[2]!.pid);
  const outcome = await cluster.run("rolling-restart.sh", ["--force"]);
  assert.equal(outcome.code, 0);
  assert.equal(outcome.errors, "[WARN] Left out: master localhost:8083 (unreachable).\n");
  assert.deepEqual(steps(outcome).slice(0, 3), [
    "Restarting master localhost:8082 (standby).",
    "Handing leadership over from localhost:8081.",
    "Restarting master localhost:8081 (standby).",
  ]);
});

Deno.test("rolling-restart.sh restarts a master alone only with --force", async () => {
  await using cluster = await startedCluster({ ports: [8081] });
  const refused = await cluster.run("rolling-restart.sh");
  assert.equal(refused.code, 1);
  assert.match(
    refused.errors,
    /^\[ERROR\] There is one master only: nobody leads while it restarts\./,
  );
  const [before] = await cluster.instances("standalonesession");
  const forced = await cluster.run("rolling-restart.sh", ["--force"]);
  assert.equal(forced.code, 0);
  assert.equal(steps(forced)[0], "Restarting master localhost:8081 (leader).");
  const [after] = await cluster.instances("standalonesession");
  assert.notEqual(after!.pid, before!.pid);
});

Deno.test("rolling-restart.sh stops at a master that does not start, and says how it stands", async () => {
  await using cluster = await startedCluster();
  const before = await cluster.instances("taskexecutor");
  const outcome = await cluster.run("rolling-restart.sh", [], {
    environment: { FAKE_DAEMON: "die" },
  });
  assert.equal(outcome.code, 3);
  assert.deepEqual(steps(outcome), ["Restarting master localhost:8082 (standby)."]);
  assert.match(outcome.errors, /\[ERROR\] The restart of master localhost:8082 has failed\./);
  assert.match(
    outcome.errors,
    /localhost:8081 leads; restarted so far: nothing; master localhost:8082 may be stopped\. To go on: /,
  );
  assert.deepEqual(await cluster.instances("taskexecutor"), before);
});

Deno.test("rolling-restart.sh stops when leadership is not handed over", async () => {
  await using cluster = await startedCluster();
  const [leader] = await cluster.instances("standalonesession");
  const outcome = await cluster.run("rolling-restart.sh", [], {
    environment: { FAKE_SWITCHOVER: "fail" },
  });
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    /nobody said that it is ready\n\[ERROR\] Leadership was not handed over\./,
  );
  assert.match(outcome.errors, /restarted so far: master localhost:8082, master localhost:8083\./);
  assert.equal((await cluster.instances("standalonesession"))[0]!.pid, leader!.pid);
});

Deno.test("rolling-restart.sh stops nothing while a host cannot be reached", async () => {
  await using cluster = await startedCluster();
  await cluster.answer({ workers: lines("localhost\tlocal\t-\t-", "dark1\tremote\t-\t-") });
  const ssh = await fakeSsh(cluster);
  const before = await allInstances(cluster);
  const outcome = await cluster.run("rolling-restart.sh", [], ssh);
  assert.equal(outcome.code, 255);
  assert.match(outcome.errors, /dark1 .*No route to host/);
  assert.match(outcome.errors, /Nothing was restarted, because not every host is ready for it\./);
  assert.deepEqual(await allInstances(cluster), before);
  const forced = await cluster.run("rolling-restart.sh", ["--force"], ssh);
  assert.equal(forced.code, 0);
  assert.match(forced.errors, /\[WARN\] Left out: worker 1 on dark1\./);
});

Deno.test("rolling-restart.sh --zookeeper restarts the quorum first, its leader last", async () => {
  await using cluster = await startedCluster({ ports: [8081, 8082] });
  await useQuorum(cluster);
  const outcome = await cluster.run("rolling-restart.sh", ["--zookeeper"]);
  assert.deepEqual([outcome.code, outcome.errors], [0, ""]);
  assert.deepEqual(steps(outcome).slice(0, 4), [
    "Restarting ZooKeeper server 1 on localhost (follower).",
    "Restarting ZooKeeper server 3 on localhost (follower).",
    "Restarting ZooKeeper server 2 on localhost (leader).",
    "Restarting master localhost:8082 (standby).",
  ]);
  assert.deepEqual(
    await textLines(cluster.path("quorum-calls")),
    ["stop 1", "start 1", "stop 3", "start 3", "stop 2", "start 2"],
  );
});

Deno.test("rolling-restart.sh --zookeeper goes on only when all servers serve again", async () => {
  await using cluster = await startedCluster({ ports: [8081, 8082] });
  await useQuorum(cluster);
  await writeFile(cluster.path("quorum-fails"), "");
  const outcome = await cluster.run("rolling-restart.sh", ["--zookeeper"], {
    environment: { MASTERD_RESTART_TIMEOUT: "1" },
  });
  assert.equal(outcome.code, 1);
  assert.match(
    outcome.errors,
    /\[ERROR\] ZooKeeper server 1 on localhost does not serve within 1 seconds\./,
  );
  assert.deepEqual(await textLines(cluster.path("quorum-calls")), ["stop 1", "start 1"]);
  assert.match(outcome.errors, /bin\/start-zookeeper-quorum\.sh/);
});

for (const words of [["--unknown"], ["-D"], ["now"]]) {
  Deno.test(`rolling-restart.sh refuses ${words.join(" ")}`, async () => {
    await using installation = await Installation.create();
    const outcome = await installation.run("rolling-restart.sh", words);
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, /^Usage: rolling-restart\.sh /);
  });
}

/** An installation whose stand-in knows what runs, with two workers. */
async function startedCluster(
  { ports = [8081, 8082, 8083], leader = "localhost:8081" } = {},
): Promise<Installation> {
  const installation = await Installation.create("a home");
  await rename(installation.path("masterd"), installation.path("stand-in"));
  await cp(join(fixtures, "masterd-cluster"), installation.path("masterd"));
  await writeFile(installation.path("leaders"), lines(leader));
  await installation.answer({
    masters: lines(...ports.map((port) => `localhost\t${port}\tlocal\t-\t-`)),
    workers: lines("localhost\tlocal\t-\t-", "localhost\tlocal\t-\t-"),
  });
  const { code, errors } = await installation.run("start-cluster.sh");
  assert.equal(code, 0, errors);
  return installation;
}

/** Three servers, of which 2 leads; what they are told is noted. */
async function useQuorum(installation: Installation): Promise<void> {
  await installation.answer({
    "quorum-servers": lines(...[1, 2, 3].map((id) => `${id}\tlocalhost\tlocal\t-\t-`)),
  });
  await script(
    installation.path("bin", "zookeeper.sh"),
    'echo "$*" >>"${MASTERD_HOME}/quorum-calls"',
  );
  await script(
    installation.path("quorum-status"),
    'echo "ID  HOST       STATE"',
    'state=follower; [[ ! -e "${MASTERD_HOME}/quorum-fails" || ! -e "${MASTERD_HOME}/quorum-calls" ]] || state="not serving"',
    'echo "1   localhost  ${state}   127.0.0.1:2181"',
    'echo "2   localhost  leader"',
    'echo "3   localhost  follower"',
    'echo "2 (localhost) leads 3 servers"',
  );
}

async function script(file: string, ...text: string[]): Promise<void> {
  await writeFile(file, lines("#!/usr/bin/env bash", ...text));
  await chmod(file, 0o755);
}

async function allInstances(installation: Installation) {
  return [
    ...await installation.instances("standalonesession"),
    ...await installation.instances("taskexecutor"),
  ];
}

function steps({ lines }: Outcome): string[] {
  return lines.filter((line) => /^(?:Restart|Handing)/.test(line));
}
