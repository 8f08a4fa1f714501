import assert from "node:assert/strict";
import { LeaderCalls } from "../../../../src/cli/state/leader_calls.ts";
import { TokenError } from "../../../../src/daemon/token_error.ts";
import { isStateError, type StateError } from "../../../../src/state/errors.ts";
import { FakeLeader, refuse } from "../../../support/fake_leader.ts";
import { FakeRun } from "./fake_run.ts";

const REPEATABLE = { canRepeat: () => true };

Deno.test("call() waits for a leader", async () => {
  await using leader = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [undefined, undefined, leader] });
  const calls = new LeaderCalls(fake.run);
  await calls.call((client, options) => client.delete("a", options), REPEATABLE);
  assert.equal(calls.leaderSessionId, leader.leaderSessionId);
  assert.equal(leader.calls.length, 1);
});

Deno.test("call() says that no leader is known once its time is up", async () => {
  await using fake = await FakeRun.create({ leaders: [undefined] });
  const calls = new LeaderCalls({ ...fake.run, leaderLimitMs: 1 });
  const call = calls.call((client, options) => client.delete("a", options), REPEATABLE);
  await assert.rejects(call, (error: StateError) => {
    assert.equal(error.message, "No leader is known: nothing was written");
    return isStateError(error, "not-leading");
  });
});

Deno.test("call() ends with its signal while it waits for a leader", async () => {
  const stop = new AbortController();
  await using fake = await FakeRun.create({ leaders: [undefined], signal: stop.signal });
  const call = new LeaderCalls(fake.run).call(
    (client, options) => client.delete("a", options),
    REPEATABLE,
  );
  const reason = new Error("Interrupted");
  stop.abort(reason);
  await assert.rejects(call, reason);
});

Deno.test("call() says of a leader that is no masterd that it keeps no state", async () => {
  await using fake = await FakeRun.create();
  const access = {
    ...fake.run.access,
    async *leaders() {
      yield await Promise.resolve({ leaderSessionId: "x", address: "http://one.example:8081" });
    },
  };
  const calls = new LeaderCalls({ access, signal: fake.run.signal });
  await assert.rejects(
    calls.call((client, options) => client.delete("a", options), REPEATABLE),
    { message: "The leader at http://one.example:8081 is no masterd: it keeps no state" },
  );
});

Deno.test("call() asks the next leader if a token is refused because its leadership is over", async () => {
  await using former = new FakeLeader(() => refuse(401, undefined, "A token is needed"));
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [former, undefined, next] });
  const calls = new LeaderCalls(fake.run);
  await calls.call((client, options) => client.delete("a", options), REPEATABLE);
  assert.equal(next.calls.length, 1);
});

Deno.test("call() asks nobody else if a token is refused by who leads on", async () => {
  await using leader = new FakeLeader(() => refuse(401, undefined, "A token is needed"));
  await using fake = await FakeRun.create({ leaders: [leader] });
  const call = new LeaderCalls(fake.run).call(
    (client, options) => client.delete("a", options),
    REPEATABLE,
  );
  await assert.rejects(call, TokenError);
  assert.equal(leader.calls.length, 1);
});

Deno.test("call() leaves a leader that does not answer as soon as another leads", async () => {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  await using frozen = new FakeLeader(async () => {
    asked.resolve();
    await released.promise;
    return new Response();
  });
  await using next = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [frozen] });
  const access = {
    ...fake.run.access,
    async *leaders(options: { signal: AbortSignal }) {
      for await (const leader of fake.run.access.leaders(options)) {
        yield leader;
        await asked.promise;
        yield { ...leader!, leaderSessionId: next.leaderSessionId };
      }
    },
  };
  const calls = new LeaderCalls({ ...fake.run, access });
  const call = calls.call((client, options) => client.delete("a", options), REPEATABLE);
  await assert.rejects(call, (error: StateError) => {
    assert.match(error.message, /Another leads by now/);
    return isStateError(error, "unknown-outcome");
  });
  released.resolve();
});
