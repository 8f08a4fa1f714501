import assert from "node:assert/strict";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import {
  askLeader,
  type LeaderAnswer,
  type LeaderCallsOptions,
} from "../../../../src/daemon/cluster_view/leader_call.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { PlainHttpServer, type PlainReply } from "../../../support/plain_http_server.ts";
import { LEADER, leading } from "./a_cluster.ts";

/** A leader at this place. */
function leaderAt(host: string, webuiPort: number): LeaderInformation {
  return { ...LEADER, details: { ...LEADER.details!, host, webuiPort } };
}

/** Asks until something is known of the leader. */
async function asked(
  leader: LeaderInformation | undefined,
  options: Partial<LeaderCallsOptions> = {},
): Promise<LeaderAnswer> {
  const answer = new LatestValue<LeaderAnswer>({ kind: "pending" });
  const stop = new AbortController();
  const { signal } = stop;
  const own = () => ({ host: "own.example", webuiPort: 8081 });
  const asking = askLeader(answer, { leader: new LatestValue(leader), own, ...options }, signal);
  const found = await answer.until(({ kind }) => kind !== "pending", { signal });
  stop.abort();
  await asking.catch(() => {});
  assert.equal(answer.value.kind, "pending", "what was told grows old");
  return found;
}

async function answered(reply: PlainReply, limitMs?: number): Promise<LeaderAnswer> {
  await using server = PlainHttpServer.start(() => Promise.resolve(reply));
  return await asked(leaderAt("127.0.0.1", server.port), { limitMs });
}

Deno.test("askLeader() tells what the leader says of itself", async () => {
  const found = await answered({ status: 200, body: JSON.stringify(leading()) });
  assert.equal(found.kind, "told");
  assert.equal((found as LeaderAnswer & { kind: "told" }).report.workersCount, 1);
});

Deno.test("askLeader() tells why the leader says nothing", async () => {
  const other = await answered({ status: 200, body: "{}" });
  assert.deepEqual(other, {
    kind: "silent",
    leaderSessionId: "session-a",
    cause: "it does not say that it leads",
  });
  const silent = await answered("silence", 20);
  assert.match((silent as { cause: string }).cause, /took longer than 20 ms/);
  assert.equal((await answered("hang-up")).kind, "silent");
});

Deno.test("askLeader() asks nobody where there is nobody to ask, and not itself", async () => {
  const { details: _, ...foreign } = LEADER;
  for (const leader of [undefined, foreign, leaderAt("own.example", 8081)]) {
    assert.deepEqual(await asked(leader), { kind: "unasked" });
  }
});

Deno.test("askLeader() calls no host that is none, whoever has published it", async () => {
  for (const host of ["a/b", "a?b#c@d", "a b", "x".repeat(300), ""]) {
    const found = await asked(leaderAt(host, 80));
    assert.match((found as { cause: string }).cause, /its host is no host/, host);
  }
});

Deno.test("askLeader() asks the next leader without waiting for its turn", async () => {
  await using server = PlainHttpServer.start(() =>
    Promise.resolve({ status: 200, body: JSON.stringify(leading()) })
  );
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const answer = new LatestValue<LeaderAnswer>({ kind: "pending" });
  const stop = new AbortController();
  const { signal } = stop;
  const own = () => ({ host: "own.example", webuiPort: 8081 });
  const asking = askLeader(answer, { leader, own, intervalMs: 60_000 }, signal);
  await answer.until(({ kind }) => kind === "unasked", { signal });
  leader.set(leaderAt("127.0.0.1", server.port));
  await answer.until(({ kind }) => kind === "told", { signal });
  stop.abort();
  await asking.catch(() => {});
});
