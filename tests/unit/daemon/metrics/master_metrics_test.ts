import assert from "node:assert/strict";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import type { ConnectionState } from "../../../../src/daemon/high_availability/services.ts";
import { MasterMetrics } from "../../../../src/daemon/metrics/master_metrics.ts";
import { VERSION } from "../../../../src/daemon/version.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { NodeStatus } from "../../../../src/http/status.ts";
import { samples } from "../../../support/prometheus_text.ts";
import { until } from "../../../support/until.ts";

const LEADING: NodeStatus = {
  node: {
    host: "localhost",
    webuiPort: 8081,
    rpcPort: 50010,
    pid: 42,
    version: "1.2.3",
    startedAt: "2026-01-02T03:04:05.678Z",
    now: "2026-01-02T04:00:00.000Z",
    clockStepMs: 0,
  },
  clusterId: "/cluster_one",
  role: "leader",
  leader: {
    address: "http://localhost:8081",
    leaderSessionId: "6c7bb16e-6f70-4d5a-b3a8-4b3ad2ef0b3f",
    epoch: "4294967299",
    own: true,
    leaseLeftMs: 6250,
  },
  connection: { kind: "connected", sessionId: "0x1", server: "a:1", sessionTimeoutMs: 10_000 },
  workers: [{ workerId: "w", host: "h", pid: 1, millisecondsSinceHeartbeat: 5 }],
  command: { kind: "running" },
  state: { kind: "degraded", entries: 7, broken: [], brokenCount: 2 },
};
const STANDBY: NodeStatus = {
  ...LEADING,
  role: "standby",
  leader: { ...LEADING.leader!, own: false, leaseLeftMs: null },
  workers: [],
  command: null,
  state: null,
};

/** Metrics of a master whose status the test gives. */
function metricsOf(initial: NodeStatus) {
  let status = initial;
  const facts = () => ({ status: { ...status, workers: [] }, workersCount: status.workers.length });
  const metrics = new MasterMetrics(facts);
  return {
    metrics,
    show: (next: NodeStatus) => status = next,
    read: async () => samples((await metrics.read()).text),
  };
}

Deno.test("MasterMetrics shows what the status of a leader says, in base units", async () => {
  const read = await metricsOf(LEADING).read();
  const expected = {
    'masterd_role{state="leader"}': 1,
    'masterd_role{state="standby"}': 0,
    masterd_ready: 1,
    masterd_leader_epoch: 4294967299,
    masterd_lease_left_seconds: 6.25,
    masterd_session_timeout_seconds: 10,
    'masterd_session_state{state="connected"}': 1,
    'masterd_session_state{state="suspended"}': 0,
    masterd_workers: 1,
    'masterd_command_state{state="running"}': 1,
    'masterd_command_state{state="cooling-down"}': 0,
    'masterd_state_health{state="degraded"}': 1,
    'masterd_state_health{state="healthy"}': 0,
    masterd_state_entries: 7,
    masterd_state_broken_entries: 2,
    [`masterd_build_info{version="${VERSION}",deno="${Deno.version.deno}"}`]: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(read.get(name), value, name);
});

Deno.test("MasterMetrics shows each epoch that ZooKeeper may give, those above 2^53 rounded", async () => {
  const { read, show } = metricsOf(LEADING);
  const shown = async (epoch: string) => {
    show({ ...LEADING, leader: { ...LEADING.leader!, epoch } });
    return (await read()).get("masterd_leader_epoch");
  };
  assert.equal(await shown("0"), 0);
  assert.equal(await shown(String(2n ** 53n - 1n)), 2 ** 53 - 1);
  assert.equal(await shown(String(2n ** 53n + 1n)), 2 ** 53);
  assert.equal(await shown(String(2n ** 63n - 1n)), 2 ** 63);
});

Deno.test("MasterMetrics shows no number where there is none, rather than 0", async () => {
  const { read, show } = metricsOf(LEADING);
  await read();
  show({ ...STANDBY, leader: null, connection: { kind: "connecting" } });
  const names = [...(await read()).keys()].filter((name) => !name.startsWith("process_"));
  const absent = /lease_left|session_timeout|epoch|command_state|state_health|state_entries|broken/;
  assert.deepEqual(names.filter((name) => absent.test(name)), []);
  assert.ok(names.includes("masterd_workers"));
});

Deno.test("MasterMetrics has exactly one role, and one session state, at a time", async () => {
  const { read, show } = metricsOf(LEADING);
  await read();
  show(STANDBY);
  const now = await read();
  for (const name of ["masterd_role", "masterd_session_state"]) {
    const held = [...now].filter(([key, value]) => key.startsWith(`${name}{`) && value === 1);
    assert.equal(held.length, 1, name);
  }
});

Deno.test("MasterMetrics has the same time series whatever others call themselves", async () => {
  const { read, show } = metricsOf(LEADING);
  const before = [...(await read()).keys()];
  const workers = Array.from({ length: 100 }, (_, index) => ({
    ...LEADING.workers[0]!,
    workerId: `w-${index}`,
    host: `h-${index}"}\n`,
  }));
  show({
    ...LEADING,
    workers,
    clusterId: "/other",
    leader: { ...LEADING.leader!, address: "x\n" },
  });
  assert.deepEqual([...(await read()).keys()], before);
});

Deno.test("MasterMetrics tells what is expected of every process", async () => {
  const read = await metricsOf(STANDBY).read();
  assert.ok(read.get("process_resident_memory_bytes")! > 10_000_000);
  assert.ok(read.get("process_open_fds")! > 3);
  assert.ok(read.get("process_cpu_seconds_total")! > 0);
  const startedAt = new Date(read.get("process_start_time_seconds")! * 1000);
  assert.ok(startedAt.getTime() <= Date.now() && startedAt.getUTCFullYear() > 2000);
});

Deno.test("MasterMetrics counts what happens to a master, and measures its heartbeats", async () => {
  const { metrics, read } = metricsOf(LEADING);
  metrics.found();
  metrics.connectionLost();
  metrics.connectionLost();
  metrics.heartbeatFailed();
  metrics.commandRestarts();
  metrics.storageFailed();
  for (const latencyMs of [0.9, 3, 700]) metrics.heartbeatAnswered(latencyMs);
  const now = await read();
  const expected = {
    masterd_leaderships_total: 1,
    masterd_connection_losses_total: 2,
    masterd_heartbeat_failures_total: 1,
    masterd_command_restarts_total: 1,
    masterd_state_errors_total: 1,
    'masterd_heartbeat_duration_seconds_bucket{le="0.001"}': 1,
    'masterd_heartbeat_duration_seconds_bucket{le="0.005"}': 2,
    'masterd_heartbeat_duration_seconds_bucket{le="+Inf"}': 3,
    masterd_heartbeat_duration_seconds_count: 3,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(now.get(name), value, name);
});

function leaderOf(leaderSessionId: string): LeaderInformation {
  return { leaderSessionId, address: "http://a:1" };
}

Deno.test("MasterMetrics counts the leaders that follow one another, and measures the gaps", async () => {
  const { metrics, read } = metricsOf(STANDBY);
  const leader = new LatestValue<LeaderInformation | undefined>(leaderOf("one"));
  const connection = new LatestValue<ConnectionState>({ kind: "none" });
  const stop = new AbortController();
  const following = metrics.follow({ leader, connection }, stop.signal);
  const changes = async () => (await read()).get("masterd_leader_changes_total");
  const seen = async (next: string | undefined, count: number) => {
    leader.set(next === undefined ? undefined : leaderOf(next));
    await until(changes, (value) => value === count);
  };
  assert.equal(await changes(), 0);
  await seen(undefined, 0);
  await seen("two", 1);
  assert.equal((await read()).get("masterd_failover_duration_seconds_count"), 1);
  // Told again, as after a session that ended.
  await seen("two", 1);
  assert.equal((await read()).get("masterd_leader_changes_total"), 1);
  await seen(undefined, 1);
  await seen("two", 1);
  assert.equal((await read()).get("masterd_failover_duration_seconds_count"), 1);
  connection.set({ kind: "suspended", sessionId: "0x1" });
  await seen(undefined, 1);
  await seen("three", 2);
  assert.equal((await read()).get("masterd_failover_duration_seconds_count"), 1);
  stop.abort();
  await following;
});
