import assert from "node:assert/strict";
import { removeEntries } from "../../../../../src/cli/commands/state/rm.ts";
import { exitCodeOf } from "../../../../../src/cli/exit_code.ts";
import { FakeLeader, refuse } from "../../../../support/fake_leader.ts";
import { FakeRun, versionOf } from "../../state/fake_run.ts";

Deno.test("rm removes each entry", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader] });
  assert.equal(await removeEntries({ names: ["a", "b"], expect: undefined }, fake.run), 0);
  assert.deepEqual(leader.calls.map(({ method, path }) => `${method} ${path}`), [
    "DELETE /a",
    "DELETE /b",
  ]);
  assert.deepEqual(fake.out, ["a: removed", "b: removed"]);
});

Deno.test("rm goes on behind an entry that is not there, exit code 1", async () => {
  for (const isJson of [false, true]) {
    await using leader = new FakeLeader((_, { path }) =>
      path === "/b" ? refuse(404, "not-found", "There is no entry b") : new Response(null)
    );
    await using fake = await FakeRun.create({ leaders: [leader], isJson });
    assert.equal(await removeEntries({ names: ["a", "b", "c"], expect: undefined }, fake.run), 1);
    assert.deepEqual(fake.errors, ["masterd: There is no entry b"]);
    const json = {
      removed: ["a", "c"],
      failed: [{ name: "b", kind: "not-found", error: "There is no entry b" }],
    };
    if (isJson) assert.deepEqual(JSON.parse(fake.out.join("")), json);
    else assert.deepEqual(fake.out, ["a: removed", "c: removed"]);
  }
});

Deno.test("rm stops where no entry could be removed", async () => {
  await using leader = new FakeLeader(() => refuse(503, "unavailable", "ZooKeeper is away"));
  await using fake = await FakeRun.create({ leaders: [leader] });
  await assert.rejects(
    removeEntries({ names: ["a", "b"], expect: undefined }, fake.run),
    (error: Error) => error.message === "ZooKeeper is away" && exitCodeOf(error) === 69,
  );
  assert.equal(leader.calls.length, 1);
});

Deno.test("rm expects the version that it was told", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [leader] });
  await removeEntries({ names: ["a"], expect: { version: 4n } }, fake.run);
  assert.equal(leader.calls[0]!.headers.get("if-match"), '"4"');
});

Deno.test("rm asks the next leader if the first one leads no more", async () => {
  await using former = new FakeLeader(() => refuse(409, "not-leading", "Another leads"));
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [former, next] });
  assert.equal(await removeEntries({ names: ["a"], expect: undefined }, fake.run), 0);
  assert.equal(next.calls.length, 1);
});

const NOBODY_KNOWS = () => refuse(503, "unknown-outcome", "Nobody knows");

Deno.test("rm reads back that an entry is gone", async () => {
  await using leader = new FakeLeader(NOBODY_KNOWS);
  await using fake = await FakeRun.create({ leaders: [leader] });
  assert.equal(await removeEntries({ names: ["a"], expect: undefined }, fake.run), 0);
  assert.deepEqual(fake.errors, ["Nobody knows; read back: a is removed"]);
});

Deno.test("rm reads back that an entry is still there under the next leader, exit code 75", async () => {
  await using leader = new FakeLeader(NOBODY_KNOWS);
  await using next = new FakeLeader();
  const versions = () => [versionOf(1)];
  await using fake = await FakeRun.create({ leaders: [leader, next], versions });
  await assert.rejects(
    removeEntries({ names: ["a"], expect: undefined }, fake.run),
    (error: Error) => {
      assert.equal(error.message, "Nobody knows; another leads now: a was not removed");
      return exitCodeOf(error) === 75;
    },
  );
});
