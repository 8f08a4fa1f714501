import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { StateCluster } from "./state_cluster.ts";

Deno.test("an entry is stored, listed, read and removed through the command line", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  await Deno.writeTextFile(cluster.path("file"), "from a file");
  const first = await cluster.state(["put", "a", "file"]);
  assert.deepEqual([first.code, first.errors], [0, ""]);
  assert.match(first.out, /^a: version \d+, 11 bytes\n$/);
  const second = await cluster.state(["put", "a", "--json"], "from a pipe");
  const { version, isNew } = JSON.parse(second.out);
  assert.equal(isNew, false);

  assert.equal((await cluster.state(["get", "a"])).out, "from a pipe");
  const { versions } = JSON.parse((await cluster.state(["history", "a", "--json"])).out);
  assert.equal(versions[0].version, version);
  const older = await cluster.state(["get", "a", "copy", "--version", versions[1].version]);
  assert.equal(older.code, 0, older.errors);
  assert.equal(await Deno.readTextFile(cluster.path("copy")), "from a file");
  assert.match((await cluster.state(["ls"])).out, /^NAME .*\na +\d+ +11 B +\d+ +20\d\d-[^\n]+\n$/);
  const check = await cluster.state(["fsck"]);
  assert.deepEqual([check.code, check.out], [0, "1 entry, 2 versions, 22 B: 0 problems\n"]);

  assert.equal((await cluster.state(["rm", "a"])).out, "a: removed\n");
  assert.equal((await cluster.state(["get", "a"])).code, 1);
  assert.equal((await cluster.state(["rm", "a"])).code, 1);
});

Deno.test("a write that expects another version is refused, and says which there is", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  const { out } = await cluster.state(["put", "a", "--if-absent", "--json"], "one");
  const { version } = JSON.parse(out);
  const absent = await cluster.state(["put", "a", "--if-absent"], "two");
  assert.deepEqual([absent.code, absent.out], [1, ""]);
  assert.match(absent.errors, new RegExp(`^masterd: a exists, with version ${version}: nothing`));
  assert.equal((await cluster.state(["put", "a", "--if-match", "1"], "two")).code, 1);
  assert.equal((await cluster.state(["rm", "a", "--if-match", "1"])).code, 1);
  assert.equal((await cluster.state(["put", "a", "--if-match", version], "two")).code, 0);
  assert.equal((await cluster.state(["get", "a"])).out, "two");
});

Deno.test("entries can be read and checked while nobody leads, and not written", async () => {
  await using cluster = await StateCluster.create();
  const leader = await cluster.leader();
  await cluster.state(["put", "a"], "content");
  await leader.stop();
  assert.equal((await cluster.state(["get", "a"])).out, "content");
  assert.equal(JSON.parse((await cluster.state(["ls", "--json"])).out).entries[0].name, "a");
  assert.equal((await cluster.state(["history", "a"])).code, 0);
  assert.equal((await cluster.state(["fsck"])).code, 0);
  const put = await cluster.state(["put", "a", "--timeout", "0.5"], "other");
  assert.deepEqual([put.code, put.errors], [75, "masterd: Not done within 0.5 s\n"]);
});

Deno.test("a put to a leader that freezes is told from the next leader: nothing was stored", async () => {
  await using cluster = await StateCluster.create();
  const leader = await cluster.leader();
  const standby = cluster.master(1);
  await standby.waitForLine((line) => line.includes("web UI"));
  await cluster.state(["put", "a"], "before");
  // It has begun before the leader freezes: one that begins later might find the next leader.
  const { input, ended } = cluster.start(["put", "a"]);
  await input.write(new Uint8Array(1_000_000));
  await until(() => cluster.unfinishedBlobs(), (blobs) => blobs.length > 0);
  leader.signal("SIGSTOP");
  await input.close();
  const put = await ended;
  assert.equal(put.code, 75, put.errors);
  assert.match(put.errors, /Another leads by now.*: a was not stored\n$/);
  leader.signal("SIGCONT");
  assert.equal((await cluster.state(["get", "a"])).out, "before");
  const next = await cluster.state(["put", "a"], "after");
  assert.equal(next.code, 0, next.errors);
});

Deno.test("a damaged blob is named by fsck, and never ends in a file", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  await cluster.state(["put", "a"], "content");
  const [blob] = await cluster.blobs("a");
  await Deno.chmod(blob!, 0o600);
  await Deno.writeTextFile(blob!, "CONTENT");
  const get = await cluster.state(["get", "a", "copy"]);
  assert.equal(get.code, 1);
  assert.match(get.errors, /^masterd: .*a is broken: its blob does not have its checksum\n$/);
  const printed = await cluster.state(["get", "a"]);
  assert.deepEqual([printed.code, printed.out], [1, ""]);
  assert.ok(!(await cluster.home.leftovers()).some((name) => name.includes("copy")));
  const check = await cluster.state(["fsck"]);
  assert.equal(check.code, 1);
  assert.match(check.out, /\na +\d+ +wrong-checksum +its blob does not have its checksum\n/);
  assert.equal((await cluster.state(["fsck", "--quick"])).code, 0);
});

Deno.test("a blob that no entry leads to is named by fsck, and removed by gc", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  await cluster.state(["put", "a"], "content");
  const [blob] = await cluster.blobs("a");
  const orphan = blob!.replace(/a\.\d+\.\d+\.[0-9a-f]+$/, "b.1.1.0123456789abcdef");
  await Deno.copyFile(blob!, orphan);
  const { orphans } = JSON.parse((await cluster.state(["fsck", "--json"])).out);
  assert.deepEqual(orphans, [{ name: "b.1.1.0123456789abcdef", length: 7 }]);
  const dryRun = await cluster.state(["gc", "--grace", "0 s", "--dry-run"]);
  assert.match(dryRun.out, /\n1 blob \(7 B\) would be removed\n$/);
  const waiting = await cluster.state(["gc", "--json"]);
  assert.deepEqual(JSON.parse(waiting.out).waiting, orphans);
  const collected = await cluster.state(["gc", "--grace", "0 s"]);
  assert.match(collected.out, /\n1 blob \(7 B\) removed\n$/);
  await assert.rejects(Deno.stat(orphan), Deno.errors.NotFound);
  assert.equal((await cluster.state(["get", "a"])).out, "content");
});

Deno.test("a put that is interrupted stores nothing", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  const { child, input, ended } = cluster.start(["put", "a"]);
  await input.write(new Uint8Array(1_000_000));
  await until(() => cluster.unfinishedBlobs(), (blobs) => blobs.length > 0);
  child.kill("SIGINT");
  const { code, errors } = await ended;
  assert.deepEqual([code, errors], [130, "masterd: Interrupted by SIGINT\n"]);
  await input.close().catch(() => {});
  assert.equal((await cluster.state(["ls", "--json"])).out, '{"entries":[],"broken":[]}\n');
  await until(() => cluster.unfinishedBlobs(), (blobs) => blobs.length === 0);
  assert.deepEqual(await cluster.blobs("a"), []);
});

Deno.test("a long content streams through the command with little memory", async () => {
  await using cluster = await StateCluster.create();
  await cluster.leader();
  const { child, input, ended } = cluster.start(["put", "a", "--json"]);
  const piece = crypto.getRandomValues(new Uint8Array(64 * 1024));
  for (let left = 200 * 16; left > 0; left--) await input.write(piece);
  const peakBytes = await memoryPeak(child.pid);
  await input.close();
  const { code, out, errors } = await ended;
  assert.equal(code, 0, errors);
  assert.equal(JSON.parse(out).length, 200 * 1024 * 1024);
  // The runtime alone takes some 75 MiB; a content that is kept would take 200 MiB more.
  assert.ok(peakBytes < 200 * 1024 * 1024, `${peakBytes} bytes`);
});

/** The most memory that a process ever had resident. */
async function memoryPeak(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

Deno.test("the token of the cluster opens the state where the leadership's cannot be read", async () => {
  await using cluster = await StateCluster.create("masterd.token-file: token\n");
  const options = { mode: 0o600 };
  await Deno.writeTextFile(cluster.path("token"), "the-token-of-the-cluster\n", options);
  await Deno.writeTextFile(cluster.path("other"), "the-token-of-another-one\n", options);
  await cluster.leader();
  const put = ["put", "a", "-Denv.pid.dir=elsewhere"];
  assert.equal((await cluster.state(put, "content")).code, 0);
  const other = await cluster.state([...put, "-Dmasterd.token-file=other"], "x");
  assert.equal(other.code, 77);
  assert.match(other.errors, /^masterd: The leader does not take the token in .*\/other\n$/);
});
