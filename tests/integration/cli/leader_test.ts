import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { StatusCluster } from "./status_cluster.ts";

Deno.test("leader --watch prints each change of the leader, and --json as documents", async () => {
  await using cluster = await StatusCluster.create();
  const [first, second] = cluster.names.map((name) => `http://${name}`);
  const watch = cluster.home.start("leader", "--watch");
  await watch.waitForLine((line) => line === "none");
  await cluster.start();
  await watch.waitForLine((line) => line === first);
  const documents = cluster.home.start("leader", "--watch", "--json", "--wait", "30");
  await documents.waitForLine((line) => line.includes(first!));
  assert.equal((await cluster.home.run("switchover")).code, 0);
  await watch.waitForLine((line) => line === second);
  await documents.waitForLine((line) => line.includes(second!));
  const shown = watch.lines.map(({ text }) => text).filter((line) => line !== "none");
  assert.deepEqual(shown, [first, second]);
  const [led] = documents.lines.map(({ text }) => JSON.parse(text));
  assert.deepEqual([led.address, led.host, led.webuiPort], [first, "localhost", cluster.ports[0]]);
  watch.signal("SIGINT");
  assert.equal((await watch.ends()).code, 130);
});

Deno.test("leader --exec runs a command for each change, with what it is told", async () => {
  await using cluster = await StatusCluster.create();
  const [first, second] = cluster.names.map((name) => `http://${name}`);
  await cluster.start();
  const log = `${cluster.home.homeDir}/changes`;
  const script = `echo "$MASTERD_LEADER_ADDRESS $MASTERD_EPOCH" >>"$0"`;
  const hook = cluster.home.start("leader", "--wait", "30", "--exec", "sh", "-c", script, log);
  const changes = async () => (await Deno.readTextFile(log)).trim().split("\n");
  await until(changes, ([line]) => line?.startsWith(`${first} `) ?? false);
  assert.equal((await cluster.home.run("switchover")).code, 0);
  const lines = await until(changes, (lines) => lines.at(-1)!.startsWith(`${second} `));
  assert.match(lines.at(-1)!, / \d+$/);
  hook.signal("SIGTERM");
  assert.equal((await hook.ends()).code, 143);
  assert.deepEqual(hook.lines, []);
});

Deno.test("leader --exec ends with 1 if its program is not there, and refuses what it cannot do", async () => {
  await using cluster = await StatusCluster.create();
  const missing = await cluster.home.run("leader", "--exec", "/nowhere/program");
  assert.equal(missing.code, 1);
  assert.match(missing.text, /^masterd: Cannot start \/nowhere\/program: /m);
  assert.equal((await cluster.home.run("leader", "--exec")).code, 64);
  assert.equal((await cluster.home.run("leader", "--exec-timeout", "1")).code, 64);
  const nobody = await cluster.home.run("leader", "--watch", "--wait", "0.1");
  assert.deepEqual([nobody.code, nobody.text], [1, "masterd: No leader is known"]);
});
