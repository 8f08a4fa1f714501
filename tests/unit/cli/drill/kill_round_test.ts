import assert from "node:assert/strict";
import { killRound, type KillRoundOptions } from "../../../../src/cli/drill/kill_round.ts";
import type { DrilledLeader } from "../../../../src/cli/drill/round.ts";
import type { HighAvailabilityServices } from "../../../../src/daemon/high_availability/services.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { OTHER_SESSION_ID, published, SESSION_ID } from "../status/pictures.ts";

const LEADER: DrilledLeader = {
  name: "a:8081",
  host: "a",
  port: 8081,
  pid: 4711,
  leaderSessionId: SESSION_ID,
};
const NEXT = published("b", { epoch: 8n, leaderSessionId: OTHER_SESSION_ID });

/** Services that see these leaders one after the other, and then wait. */
function services(
  leaders: readonly (LeaderInformation | undefined)[],
  { isPaused = false } = {},
): HighAvailabilityServices {
  const exists = () => Promise.resolve(isPaused ? {} : undefined);
  return {
    zookeeper: { connected: () => Promise.resolve({ exists }) },
    async *followLeader({ signal }: { signal: AbortSignal }) {
      yield* leaders;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  } as unknown as HighAvailabilityServices;
}

async function killing(more: Partial<KillRoundOptions>) {
  const done: string[] = [];
  const end = await killRound(LEADER, {
    services: services([published("a"), undefined, NEXT]),
    namespace: "/flink/cluster_one",
    limitMs: 60_000,
    restart: ({ name }) => Promise.resolve(void done.push(`restart ${name}`)),
    kill: (pid) => void done.push(`kill ${pid}`),
    isMaster: () => Promise.resolve(true),
    signal: new AbortController().signal,
    ...more,
  });
  return { end, done };
}

Deno.test("killRound() kills the leader, waits for the next one, and has the killed one started", async () => {
  const { end, done } = await killing({});
  assert.ok(end.kind === "done" && end.gapMs !== undefined && end.gapMs >= 0);
  assert.deepEqual([end.act, end.from, end.to, end.epoch], ["kill", "a:8081", "b:8081", 8n]);
  assert.deepEqual(done, ["kill 4711", "restart a:8081"]);
});

Deno.test("killRound() kills nobody while failovers are paused, nor a process that is no master", async () => {
  const paused = await killing({ services: services([published("a")], { isPaused: true }) });
  const stranger = await killing({ isMaster: () => Promise.resolve(false) });
  const another = await killing({ services: services([NEXT]) });
  assert.match((paused.end as { reason: string }).reason, /^failovers are paused/);
  assert.match((stranger.end as { reason: string }).reason, /^process 4711 of a:8081 is not a mas/);
  assert.match((another.end as { reason: string }).reason, /had lost leadership already$/);
  for (const { done } of [paused, stranger, another]) assert.deepEqual(done, []);
});

Deno.test("killRound() is a bad round without a next leader in time; the killed one is started", async () => {
  const { end, done } = await killing({
    services: services([published("a"), undefined]),
    limitMs: 1,
  });
  assert.match((end as { reason: string }).reason, /^The failover of .* took longer than 1 ms$/);
  assert.deepEqual(done, ["kill 4711", "restart a:8081"]);
});
