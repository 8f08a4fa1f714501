import assert from "node:assert/strict";
import type { Configuration } from "../../../src/config/configuration.ts";
import type {
  PlannedSwitchover,
  PlannedSwitchoverOptions,
} from "../../../src/daemon/planned_switchover.ts";
import { SwitchoverService } from "../../../src/daemon/switchover_service.ts";
import { TokenDigest } from "../../../src/daemon/token_digest.ts";
import { recordedLog } from "./fakes.ts";

const CONFIGURATION = { rest: { port: 8081 } } as Configuration;
const LEADER = { address: "http://a:8081", leaderSessionId: "x", details: undefined };
const REFUSED: PlannedSwitchover = { kind: "refused", refusal: { kind: "no-standby" } };

type Carry = (options: PlannedSwitchoverOptions) => Promise<PlannedSwitchover>;

function service(carry: Carry) {
  const log = recordedLog();
  return new SwitchoverService({
    configuration: CONFIGURATION,
    clusterToken: new TokenDigest("right"),
    logger: log.logger,
    planAndSwitchOver: (_, options) => carry(options),
  });
}

Deno.test("SwitchoverService carries out what was asked for, and says what became of it", async () => {
  const targets: (string | undefined)[] = [];
  const results: PlannedSwitchover[] = [{ kind: "leads-already", leader: LEADER }, REFUSED];
  await using switchovers = service(({ to }) => {
    targets.push(to);
    return Promise.resolve(results.shift()!);
  });
  assert.deepEqual(await switchovers.switchOver("b"), {
    outcome: "done",
    message: "http://a:8081 leads already",
  });
  assert.deepEqual(await switchovers.switchOver(undefined), {
    outcome: "refused",
    message: "No other master stands for election",
  });
  assert.deepEqual(targets, ["b:8081", undefined]);
});

Deno.test("SwitchoverService refuses a name that is none before anything is done", async () => {
  await using switchovers = service(() => assert.fail());
  await assert.rejects(switchovers.switchOver("b:x"), { name: "RequestError", status: 400 });
});

Deno.test("SwitchoverService carries out one at a time", async () => {
  const under = Promise.withResolvers<PlannedSwitchover>();
  await using switchovers = service(() => under.promise);
  const first = switchovers.switchOver("b");
  const second = await switchovers.switchOver("b");
  assert.equal(second.outcome, "refused");
  assert.match(second.message, /already/);
  under.resolve(REFUSED);
  assert.match((await first).message, /No other master/);
  assert.match((await switchovers.switchOver("b")).message, /No other master/);
});

Deno.test("SwitchoverService calls a switchover that fails not known to be done", async () => {
  await using switchovers = service(() => Promise.reject(new Error("the wire was cut")));
  assert.deepEqual(await switchovers.switchOver("b"), {
    outcome: "undone",
    message: "Not known to be done: the wire was cut",
  });
});

Deno.test("SwitchoverService withdraws what is under way when its master stops, and takes no more", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const switchovers = service(({ signal }) => {
    asked.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  const running = switchovers.switchOver("b");
  const signal = await asked.promise;
  const end = switchovers[Symbol.asyncDispose]();
  assert.equal(signal.aborted, true);
  assert.equal((await running).outcome, "undone");
  await end;
  assert.deepEqual(await switchovers.switchOver("b"), {
    outcome: "undone",
    message: "This master stops",
  });
});

Deno.test("SwitchoverService accepts the token of the cluster alone", async () => {
  await using switchovers = service(() => assert.fail());
  assert.equal(switchovers.isAccepted("right"), true);
  assert.equal(switchovers.isAccepted("rights"), false);
  assert.equal(switchovers.isAccepted(undefined), false);
});
