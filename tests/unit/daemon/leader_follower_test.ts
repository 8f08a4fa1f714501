import assert from "node:assert/strict";
import { LatestValue } from "../../../src/async/latest_value.ts";
import { followLeader } from "../../../src/daemon/leader_follower.ts";
import type { LeaderInformation } from "../../../src/election/leadership.ts";
import { FakeServices, recordedLog } from "./fakes.ts";

const LEADER: LeaderInformation = { leaderSessionId: "s-1", address: "http://localhost:8081" };

function follow(services: Pick<FakeServices, "followLeader">) {
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const log = recordedLog();
  const stop = new AbortController();
  const pauses = { initialMs: 1, maxMs: 2 };
  const running = followLeader({ services, leader, logger: log.logger, pauses }, stop.signal);
  return {
    leader,
    log,
    is: (information: LeaderInformation | undefined) =>
      leader.until((value) => value === information, { signal: new AbortController().signal }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running.catch((error) => assert.equal(error, stop.signal.reason));
    },
  };
}

Deno.test("followLeader() keeps the value equal to the leader, and to none", async () => {
  const services = new FakeServices();
  await using follower = follow(services);
  services.leader.set(LEADER);
  await follower.is(LEADER);
  services.leader.set(undefined);
  await follower.is(undefined);
});

Deno.test("followLeader() knows no leader once it can no longer look", async () => {
  const services = new FakeServices();
  services.leader.set(LEADER);
  const fail = Promise.withResolvers<never>();
  let attempts = 0;
  await using follower = follow({
    async *followLeader(options) {
      if (++attempts > 1) return yield* new LatestValue(undefined).changes(options);
      yield LEADER;
      await fail.promise;
    },
  });
  await follower.is(LEADER);
  fail.reject(new Error("not permitted"));
  await follower.log.line(/could not follow the leader.*not permitted/);
  assert.equal(follower.leader.value, undefined);
});

Deno.test("followLeader() begins again after a failure or an end", async () => {
  const services = new FakeServices();
  services.leader.set(LEADER);
  let attempts = 0;
  await using follower = follow({
    followLeader(options) {
      switch (++attempts) {
        case 1:
          throw new Error("no quorum");
        case 2:
          return new LatestValue(undefined).changes({ signal: AbortSignal.abort() });
        default:
          return services.followLeader(options);
      }
    },
  });
  await follower.log.line(/could not follow the leader.*no quorum/);
  await follower.is(LEADER);
});
