import assert from "node:assert/strict";
import { StatusCluster } from "./status_cluster.ts";

const ALLOWED = "masterd.zookeeper.tick-time: 500 ms\nmasterd.drill.allowed: true\n";

/** Runs a drill; its two streams apart. */
async function drill(cluster: StatusCluster, ...args: string[]) {
  const process = cluster.home.start("drill", ...args);
  const { code } = await process.ends();
  const from = (stream: string) =>
    process.lines.filter((line) => line.from === stream).map(({ text }) => text);
  return { code, out: from("stdout"), errors: from("stderr") };
}

Deno.test("drill --rounds moves leadership so often, and measures each gap", async () => {
  await using cluster = await StatusCluster.create({ conf: ALLOWED });
  const [first, second] = cluster.names;
  await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  const { code, out, errors } = await drill(cluster, "--rounds", "3", "--to", second);
  assert.deepEqual([code, errors], [0, []]);
  const gap = String.raw`gap [\d.]+ ms; median [\d.]+ ms, max [\d.]+ ms`;
  const way = (from: string, to: string) => `${from} handed over to ${to} \\(epoch \\d+\\): ${gap}`;
  assert.match(out[0]!, new RegExp(`^round 1 of 3: ${way(first, second)}$`));
  assert.match(out[1]!, new RegExp(`^round 2 of 3: ${way(second, first)}$`));
  assert.match(out[2]!, new RegExp(`^round 3 of 3: ${way(first, second)}$`));
  assert.match(out[3]!, /^3 rounds: median [\d.]+ ms, max [\d.]+ ms$/);
});

Deno.test("drill --kill kills the leader of this host, and goes on when it is back", async () => {
  await using cluster = await StatusCluster.create({ conf: ALLOWED });
  const [first, second] = cluster.names;
  const { leader } = await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  const drilling = cluster.home.start("drill", "--kill", "--json");
  const { text } = await drilling.waitForLine((line) => line.includes('"kill"'));
  assert.equal((await leader.ended).signal, "SIGKILL");
  // No script had started it, and so none starts it again.
  cluster.master(cluster.ports[0]);
  assert.equal((await drilling.ends()).code, 0, drilling.text);
  const { from, to, gapMs } = JSON.parse(text);
  assert.deepEqual([from, to, gapMs > 0], [first, second, true]);
});

Deno.test("drill refuses where it is not allowed, or not all is well, and changes nothing", async () => {
  await using cluster = await StatusCluster.create();
  const forbidden = await drill(cluster);
  assert.equal(forbidden.code, 1);
  assert.match(forbidden.errors.join(), /allows no drill: masterd\.drill\.allowed: true/);
  const broken = await drill(cluster, "-D", "masterd.drill.allowed=true");
  assert.equal(broken.code, 1);
  assert.match(broken.errors.join(), /^masterd: nothing was changed: not all is well: /);
  assert.equal((await drill(cluster, "--rounds", "0")).code, 64);
  assert.equal((await drill(cluster, "--kill", "--to", "a:1")).code, 64);
});

Deno.test("drill leaves the cluster led when it is interrupted", async () => {
  await using cluster = await StatusCluster.create({ conf: ALLOWED });
  await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  const drilling = cluster.home.start("drill", "--rounds", "1000");
  await drilling.waitForLine((line) => line.startsWith("round 2 of 1000: "));
  drilling.signal("SIGINT");
  assert.equal((await drilling.ends()).code, 130);
  const last = drilling.lines.at(-1)!.text;
  assert.match(last, /^masterd: interrupted after \d+ rounds?: localhost:\d+ \(epoch \d+\) leads$/);
  assert.equal((await cluster.status("--wait", "60")).code, 0);
});
