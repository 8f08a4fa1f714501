import assert from "node:assert/strict";
import { collectGarbage } from "../../../../../src/cli/commands/state/gc.ts";
import { exitCodeOf } from "../../../../../src/cli/exit_code.ts";
import { FakeLeader, refuse } from "../../../../support/fake_leader.ts";
import { FakeRun } from "../../state/fake_run.ts";

const COLLECTION = {
  removed: [{ name: "a.1.2", length: 1024 }],
  waiting: [{ name: "b.1.2", length: 6 }],
  finishedDeletions: ["c"],
};

function collecting(): FakeLeader {
  return new FakeLeader(async (request, call) => {
    call.body = await request.bytes();
    return Response.json(COLLECTION);
  });
}

Deno.test("gc prints what was removed, what waits, and which deletions were ended", async () => {
  await using leader = collecting();
  await using fake = await FakeRun.create({ leaders: [leader] });
  assert.equal(await collectGarbage({ graceMs: undefined, isDryRun: false }, fake.run), 0);
  assert.deepEqual(fake.out, [
    "REMOVED  SIZE",
    "a.1.2    1.0 KiB",
    "WAITING  SIZE",
    "b.1.2    6 B",
    "DELETION ENDED",
    "c",
    "1 blob (1.0 KiB) removed, 1 waiting: this leader has not known them for the whole grace yet",
  ]);
});

Deno.test("gc leaves the grace to the leader unless it is told one", async () => {
  await using leader = collecting();
  await using fake = await FakeRun.create({ leaders: [leader], isJson: true });
  await collectGarbage({ graceMs: undefined, isDryRun: false }, fake.run);
  await collectGarbage({ graceMs: 5000, isDryRun: true }, fake.run);
  const bodies = leader.calls.map(({ body }) => JSON.parse(new TextDecoder().decode(body)));
  assert.deepEqual(bodies, [
    { collect: { dryRun: false } },
    { collect: { graceMs: 5000, dryRun: true } },
  ]);
  assert.deepEqual(JSON.parse(fake.out[1]!), { isDryRun: true, ...COLLECTION });
});

Deno.test("gc that only looks says so", async () => {
  await using leader = collecting();
  await using fake = await FakeRun.create({ leaders: [leader] });
  await collectGarbage({ graceMs: 0, isDryRun: true }, fake.run);
  assert.match(fake.out.join("\n"), /^WOULD BE REMOVED[^]*\n1 blob \(1\.0 KiB\) would be removed/);
});

Deno.test("gc says that nobody knows how much was removed, exit code 75", async () => {
  await using leader = new FakeLeader(() => refuse(503, "unknown-outcome", "Nobody knows"));
  await using fake = await FakeRun.create({ leaders: [leader] });
  await assert.rejects(
    collectGarbage({ graceMs: 0, isDryRun: false }, fake.run),
    (error: Error) => {
      assert.match(error.message, /^Nobody knows; how much was removed is not known: run it once/);
      return exitCodeOf(error) === 75;
    },
  );
});
