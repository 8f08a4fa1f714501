import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { childrenOf } from "./processes.ts";
import { TestGuard, withoutCgroup } from "./test_guard.ts";

const SURROUNDINGS = [["a cgroup", []], ["the mark alone", withoutCgroup]] as const;

/** The process that waits to become the command. */
async function launcherOf(guard: TestGuard): Promise<number> {
  const [pid] = await until(() => guard.marked(), (pids) => pids.length === 1);
  return pid!;
}

/** Waits until neither a process nor the cgroup of the command is there. */
async function untilNothingIsLeft(guard: TestGuard): Promise<void> {
  await until(() => guard.marked(), (pids) => pids.length === 0);
  const { cgroup } = await guard.report("ready");
  if (cgroup === undefined) return;
  await until(() => Deno.stat(cgroup).then(() => true, () => false), (isThere) => !isThere);
}

Deno.test("a guard holds the process of its command ready, in the cgroup", async () => {
  await using guard = await TestGuard.start();
  const pid = await launcherOf(guard);
  const { cgroup } = await guard.report("ready");
  if (cgroup !== undefined) {
    await until(() => Deno.readTextFile(`${cgroup}/cgroup.procs`), (pids) => pids === `${pid}\n`);
  }
  await guard.run("echo ready=$$; exec sleep 1000");
  assert.deepEqual(await guard.pids("ready"), [pid]);
  assert.equal((await guard.report("started")).pid, pid);
});

for (const [name, prefix] of SURROUNDINGS) {
  Deno.test(`nothing is left of an idle guard that is killed, by ${name}`, async () => {
    await using guard = await TestGuard.start({ prefix });
    await launcherOf(guard);
    guard.signal("SIGKILL");
    await untilNothingIsLeft(guard);
  });

  Deno.test(`nothing is left of an idle guard when it has ended with its daemon, by ${name}`, async () => {
    await using guard = await TestGuard.start({ prefix });
    await launcherOf(guard);
    await guard.closeInput();
    assert.equal((await guard.ended).code, 0);
    await untilNothingIsLeft(guard);
  });

  Deno.test(`an idle guard whose launcher or sweeper is killed ends, by ${name}`, async () => {
    for (const find of [launcherOf, sweeperOf]) {
      await using guard = await TestGuard.start({ prefix });
      await launcherOf(guard);
      Deno.kill(await find(guard), "SIGKILL");
      assert.equal((await guard.ended).code, 0);
      assert.match(await guard.errors, /a process that stood by has ended/);
      await untilNothingIsLeft(guard);
    }
  });
}

Deno.test("a signal to an idle guard's command does not end what waits to become it", async () => {
  await using guard = await TestGuard.start();
  const pid = await launcherOf(guard);
  await guard.order({ kind: "signal", signal: "SIGKILL" });
  await guard.run("echo ready=$$");
  assert.deepEqual(await guard.pids("ready"), [pid]);
});

async function sweeperOf(guard: TestGuard): Promise<number> {
  const [pid] = await childrenOf(guard.pid, "masterd-sweeper");
  return pid!;
}
