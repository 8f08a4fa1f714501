import assert from "node:assert/strict";
import { sweep } from "../../../src/workload/sweep.ts";
import { TestProcess } from "../../support/process.ts";
import { isAlive } from "./processes.ts";

function sleeper(environment: Record<string, string>): TestProcess {
  return TestProcess.start("sleep", { args: ["1000"], env: environment });
}

async function started(process: TestProcess): Promise<TestProcess> {
  // Before it is `sleep` it is setpriv, which has the same environment.
  assert.ok(await isAlive(process.pid));
  return process;
}

Deno.test("sweep() kills the processes with the mark of this workload, and no other", async () => {
  const id = `sweep-${crypto.randomUUID()}`;
  await using first = await started(sleeper({ MASTERD_WORKLOAD_ID: id }));
  await using second = await started(sleeper({ MASTERD_WORKLOAD_ID: id, OTHER: "1" }));
  await using longer = await started(sleeper({ MASTERD_WORKLOAD_ID: `${id}d` }));
  await using shorter = await started(sleeper({ MASTERD_WORKLOAD_ID: id.slice(0, -1) }));
  await using inside = await started(sleeper({ X: `MASTERD_WORKLOAD_ID=${id}` }));
  await using lines = await started(sleeper({ X: `a\nMASTERD_WORKLOAD_ID=${id}\nb` }));
  await using other = await started(sleeper({ XMASTERD_WORKLOAD_ID: id }));
  assert.deepEqual(await sweep({ id }), { killed: 2, left: 0 });
  assert.equal((await first.ended).signal, "SIGKILL");
  assert.equal((await second.ended).signal, "SIGKILL");
  for (const stranger of [longer, shorter, inside, lines, other]) {
    assert.ok(await isAlive(stranger.pid));
  }
});

Deno.test("sweep() finds nothing of a workload that is gone", async () => {
  assert.deepEqual(await sweep({ id: crypto.randomUUID() }), { killed: 0, left: 0 });
});

Deno.test("sweep() leaves alone a cgroup that cannot be the workload's", async () => {
  const folder = await Deno.makeTempDir();
  const id = crypto.randomUUID();
  for (
    const cgroup of [folder, "", "relative", `${folder}/masterd-other`, `${folder}/masterd-${id}`]
  ) {
    assert.deepEqual(await sweep({ id, cgroup }), { killed: 0, left: 0 });
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  await Deno.remove(folder);
});

Deno.test("sweep() refuses an id that could mean something else to a shell or to grep", async () => {
  for (const id of ["", "-x", "a b", "a\nkill", ".*", "a/b", "$(id)"]) {
    await assert.rejects(sweep({ id }), TypeError);
  }
});

Deno.test("sweep() ends when its signal aborts", async () => {
  const reason = new Error("enough");
  await assert.rejects(sweep({ id: "a" }, { signal: AbortSignal.abort(reason) }), reason);
});
