import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { assertWhole, RunningStore } from "./running_store.ts";

/** KILLS=500 makes it a long one. */
const ROUNDS = Number(Deno.env.get("KILLS") ?? 20);
const { signal } = new AbortController();

Deno.test(`what was durable survives ${ROUNDS} times kill -9 while log and snapshots are written`, async () => {
  await using folder = await TestFolder.create();
  let durableZxid = 0n;
  let snapshots = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using running = new RunningStore(folder.path(), {
      recordsPerSnapshot: 300,
      segmentBytes: 300_000,
    });
    await running.until((line) => line.startsWith("durable "));
    // At a moment that nothing in the child has to do with: this is what the test varies.
    await delay(Math.random() * 100, { signal });
    await running.kill();
    if (running.durableZxid > durableZxid) durableZxid = running.durableZxid;
    snapshots += running.told.length;
    await assertWhole(folder.path(), durableZxid);
  }
  assert.ok(snapshots > 0, "no snapshot was taken");
});
