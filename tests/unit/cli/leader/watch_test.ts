import assert from "node:assert/strict";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import { leaderJson, noLeaderText } from "../../../../src/cli/leader/leader_text.ts";
import { watch, type WatchOptions } from "../../../../src/cli/leader/watch.ts";
import type {
  ConnectionState,
  HighAvailabilityServices,
} from "../../../../src/daemon/high_availability/services.ts";
import { StartError } from "../../../../src/daemon/start_error.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { published } from "../status/pictures.ts";

const A = published("a");
const B = published("b");
const signal = new AbortController().signal;

function servicesWith(state: ConnectionState): HighAvailabilityServices {
  return { connection: new LatestValue(state) } as unknown as HighAvailabilityServices;
}

/** Watches these leaders, and then none for ever; what was shown. */
async function watching(
  leaders: (LeaderInformation | undefined)[],
  more: Partial<WatchOptions> = {},
): Promise<(string | undefined)[]> {
  const shown: (string | undefined)[] = [];
  await watch({
    services: servicesWith({ kind: "connecting", lastError: "refused" }),
    async *sightings(signal) {
      yield* leaders;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    waitMs: undefined,
    show: (leader) => {
      shown.push(leader?.address);
      return Promise.resolve(shown.length < leaders.filter((it) => it !== null).length);
    },
    reaction: undefined,
    onSilence: () => {},
    ...more,
  }, signal);
  return shown;
}

Deno.test("watch() shows what it sees first and each change, until nobody reads", async () => {
  const addresses = [undefined, A.address, undefined, B.address];
  assert.deepEqual(await watching([undefined, A, undefined, B]), addresses);
});

Deno.test("watch() waits for a first leader, and shows that there is none later on", async () => {
  const shown: (string | undefined)[] = [];
  const show = (leader?: LeaderInformation) => {
    shown.push(leader?.address);
    return Promise.resolve(shown.length < 2);
  };
  await watching([undefined, A, undefined], { waitMs: 60_000, show });
  assert.deepEqual(shown, [A.address, undefined]);
});

Deno.test("watch() ends with an error if there is no first leader in time", async () => {
  await assert.rejects(
    watching([undefined, undefined], { waitMs: 1, show: () => Promise.resolve(true) }),
    new StartError("No leader is known: ZooKeeper cannot be reached (refused)"),
  );
});

Deno.test("noLeaderText() tells of the connection only where that is the reason", () => {
  assert.equal(noLeaderText(servicesWith({ kind: "none" })), "No leader is known");
  const suspended = servicesWith({ kind: "suspended", sessionId: "0x1" });
  assert.match(noLeaderText(suspended), /: ZooKeeper cannot be reached \(suspended\)$/);
});

Deno.test("leaderJson() tells programs who leads, and that nobody does", () => {
  const { host, epoch, webuiPort } = JSON.parse(leaderJson(A));
  assert.deepEqual([host, epoch, webuiPort], ["a", "7", 8081]);
  assert.deepEqual(JSON.parse(leaderJson(undefined)), {
    address: null,
    leaderSessionId: null,
    epoch: null,
  });
});
