import assert from "node:assert/strict";
import { parseLeaderReport } from "../../../../src/daemon/cluster_view/leader_report.ts";
import { leading, standby } from "./a_cluster.ts";

const parse = (body: unknown) => parseLeaderReport(body, "session-a");

Deno.test("parseLeaderReport() reads what a leader says", () => {
  const { workers, state, command } = leading();
  assert.deepEqual(parse(leading()), {
    connection: "connected",
    sessionId: "0x1",
    version: "0.1.0",
    pid: 10,
    startedAt: "2026-01-01T00:00:00.000Z",
    lease: { leftMs: 2500, lengthMs: 4000 },
    workers,
    workersCount: 1,
    state,
    command,
  });
});

Deno.test("parseLeaderReport() believes nobody who does not lead by this session", () => {
  const { leader } = leading();
  const others = [
    standby(),
    leading({ leader: null }),
    leading({ leader: { ...leader!, own: false } }),
    leading({ leader: { ...leader!, leaderSessionId: "other" } }),
    ...[null, 1, "leader", [], {}],
  ];
  for (const body of others) assert.equal(parse(body), undefined, Deno.inspect(body));
});

Deno.test("parseLeaderReport() makes sense of no nonsense", () => {
  const { role, leader } = leading();
  const nonsense = {
    role,
    leader,
    node: { version: {}, pid: -1, startedAt: null },
    connection: { sessionTimeoutMs: "x" },
    workers: [null, {}, { workerId: "w", host: "h", pid: "x" }],
    state: { kind: "odd" },
    command: { kind: "odd" },
  };
  const { workers, ...rest } = parse(nonsense)!;
  assert.deepEqual(workers, [{ workerId: "w", host: "h", pid: 0, millisecondsSinceHeartbeat: 0 }]);
  assert.deepEqual(rest, {
    ...{
      connection: null,
      sessionId: null,
      version: null,
      pid: null,
      startedAt: null,
      lease: null,
    },
    ...{ workersCount: 3, state: null, command: null },
  });
});

Deno.test("parseLeaderReport() bounds what a command and a state say", () => {
  const details = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`d${String.fromCharCode(65 + index % 26)}`, index]),
  );
  const broken = Array.from({ length: 500 }, () => ({ name: "n".repeat(999), problem: 1 }));
  const deep = { kind: "waiting", "<script>": 1, lastEnd: { code: 1, deeper: { deepest: {} } } };
  const state = { kind: "degraded", broken, lastError: "e".repeat(999) };
  const report = parse({ ...leading(), state, command: { ...deep, ...details } })!;
  assert.ok(Object.keys(report.command!).length <= 21);
  assert.deepEqual(report.command!.lastEnd, { code: 1 });
  assert.equal(report.command!["<script>"], undefined);
  assert.equal(report.state!.broken.length, 100);
  assert.equal(report.state!.brokenCount, 100);
  assert.equal(report.state!.lastError!.length, 255);
});
