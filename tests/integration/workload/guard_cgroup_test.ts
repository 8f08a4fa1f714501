import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { alive } from "./processes.ts";
import { TestGuard, withoutCgroup } from "./test_guard.ts";

Deno.test("T16 a process that took off its group and its mark is killed where there is a cgroup", async () => {
  await using guard = await TestGuard.start();
  await guard.run(`
    env -i setsid sh -c 'echo hidden=$$; exec sleep 1000' &
    sleep 0.3
    echo ready=$$
    exec sleep 1000
  `);
  const { cgroup } = await guard.report("ready");
  const pids = await guard.pids("hidden", "ready");
  await guard.order({ kind: "stop", graceMs: 0 });
  await guard.report("ended");
  if (cgroup === undefined) {
    // Nobody can find it by anything else; the README says so.
    const [hidden] = pids as [number];
    assert.deepEqual(await alive(pids), [hidden]);
    Deno.kill(hidden, "SIGKILL");
    await until(() => alive(pids), (left) => left.length === 0);
  } else {
    assert.deepEqual(await alive(pids), []);
  }
  await guard.ended;
  if (cgroup !== undefined) await assert.rejects(Deno.stat(cgroup), Deno.errors.NotFound);
});

Deno.test("the cgroup of a killed guard is removed", async () => {
  await using guard = await TestGuard.start();
  await guard.run("echo ready=$$; exec sleep 1000");
  await guard.pids("ready");
  const { cgroup } = await guard.report("ready");
  guard.signal("SIGKILL");
  if (cgroup === undefined) return;
  const isThere = () => Deno.stat(cgroup).then(() => true, () => false);
  await until(isThere, (there) => !there);
});

Deno.test("a command runs where there can be no cgroup", async () => {
  await using guard = await TestGuard.start({ prefix: withoutCgroup });
  await guard.run("exit 0");
  assert.equal((await guard.report("ended")).code, 0);
  assert.equal((await guard.report("ready")).cgroup, undefined);
});

// Each process starts another in a session of its own, and ends: no list of them stays right.
const HOP = 'echo hop >>"$1"; setsid sh "$0" "$1" & sleep 0.01';

for (const [name, prefix] of [["a cgroup", []], ["the mark alone", withoutCgroup]] as const) {
  Deno.test(`T16 processes that fork and end in turn are all killed by ${name}`, async () => {
    await using guard = await TestGuard.start({ prefix });
    const [script, hops] = [`${guard.folder}/hop`, `${guard.folder}/hops`];
    await Deno.writeTextFile(script, HOP);
    await guard.run(`
      for i in 1 2 3 4 5; do setsid sh ${script} ${hops} & done
      exec sleep 1000
    `);
    await until(() => sizeOf(hops), (size) => size > 400);
    await guard.order({ kind: "stop", graceMs: 0 });
    assert.equal((await guard.report("ended")).leftovers, 0);
    const size = await sizeOf(hops);
    await guard.ended;
    await assert.rejects(until(() => sizeOf(hops), (later) => later > size, { limitMs: 200 }));
  });
}

async function sizeOf(file: string): Promise<number> {
  return (await Deno.stat(file)).size;
}
