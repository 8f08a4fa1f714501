import assert from "node:assert/strict";
import { notesOf, problemsOf } from "../../../../src/cli/status/problems.ts";
import {
  type Findings,
  formatJson,
  formatRoles,
  formatTables,
} from "../../../../src/cli/status/report.ts";
import type { ClusterPicture } from "../../../../src/cli/status/cluster_look.ts";
import { COLORED } from "../../../../src/cli/style.ts";
import { countWorkers } from "../../../../src/cli/status/worker_count.ts";
import { leading, line, masterAnswer, picture, seen, unreachable, view } from "./pictures.ts";

function findings(more: Partial<ClusterPicture> = {}): Findings {
  const full = picture(more);
  return { picture: full, problems: problemsOf(full), notes: notesOf(full) };
}

const NAMED = (host: string) => ({ isLocal: false, addresses: [host] });

const MIXED: Partial<ClusterPicture> = {
  masters: [
    leading("a"),
    view("b", unreachable()),
    view("c", masterAnswer("c", { role: "starting" })),
    view("d", { kind: "foreign", fact: "nginx" }),
    view("e", masterAnswer("e"), { port: 9001, expected: line("e") }),
    view("f", masterAnswer("g"), { expected: undefined, isRegistered: false }),
  ],
  workers: countWorkers(["v", "w"], ["w", "x"], NAMED),
};

Deno.test("formatTables() shows masters, workers and who leads", () => {
  assert.deepEqual(formatTables(findings(MIXED)).split("\n"), [
    "MASTER  ROLE         EPOCH  LEASE  SESSION    COMMAND  PID  VERSION",
    "a:8081  leader       7      1.5 s  connected  -        1    0.1.0",
    "b:8081  unreachable  -      -      -          -        -    -        Connection refused",
    "c:8081  starting     -      -      connected  -        1    0.1.0",
    "d:8081  foreign      -      -      -          -        -    -        nginx",
    "e:9001  standby      -      -      connected  -        1    0.1.0    not at the port of conf/masters, 8081",
    "f:8081  standby      -      -      connected  -        1    0.1.0    not in conf/masters; calls itself g",
    "",
    "WORKERS ON  REGISTERED  OF",
    "v           0           1",
    "w           1           1",
    "x           1           -   not in conf/workers",
    "",
    "cluster /cluster_one: a:8081 leads (epoch 7); workers: 2 registered, 1 expected",
  ]);
});

Deno.test("formatTables() shows what commands do, and the last leaderships", () => {
  const failover = { host: "b", port: 8081, epoch: "5", publishedAt: "2026-01-02T03:04:05.678Z" };
  const lines = formatTables(findings({
    masters: [leading("a", { command: "running" })],
    workers: undefined,
    failovers: [
      { ...failover, endedAt: null, gapMs: 31.4, cause: "crashed" },
      { ...failover, endedAt: null, gapMs: null, cause: "first" },
    ],
  })).split("\n");
  assert.match(lines[1]!, /^a:8081 +leader +7 +1\.5 s +connected +running +1 +0\.1\.0$/);
  assert.deepEqual(lines.slice(3, 6), [
    "LED BY  EPOCH  FROM                      GAP BEFORE  CAUSE",
    "b:8081  5      2026-01-02T03:04:05.678Z  31 ms       crashed",
    "b:8081  5      2026-01-02T03:04:05.678Z  -           first",
  ]);
});

Deno.test("formatTables() colours roles, and nothing moves by that", () => {
  const plain = formatTables(findings(MIXED));
  const colored = formatTables(findings(MIXED), COLORED);
  assert.ok(colored.includes("\x1b[32mleader\x1b[0m"));
  assert.ok(colored.includes("\x1b[31munreachable\x1b[0m"));
  assert.ok(colored.includes("\x1b[33mstarting\x1b[0m"));
  // deno-lint-ignore no-control-regex
  assert.equal(colored.replace(/\x1b\[\d+m/g, ""), plain);
});

Deno.test("formatTables() shows no workers where nobody tells of them", () => {
  const lines = formatTables(
    findings({ coordination: seen(undefined), masters: [view("a")], workers: undefined }),
  );
  assert.deepEqual(lines.split("\n").slice(2), [
    "",
    "cluster /cluster_one: nobody is seen leading",
  ]);
});

Deno.test("formatRoles() prints a line per master of conf/masters, for scripts", () => {
  assert.deepEqual(formatRoles(findings(MIXED)).split("\n"), [
    "a\t8081\tleader",
    "b\t8081\tunreachable",
    "c\t8081\tother",
    "d\t8081\tother",
    "e\t8081\tstandby",
  ]);
});

Deno.test("formatJson() tells programs all of it", () => {
  const { masters, ...json } = JSON.parse(formatJson(findings(MIXED)));
  assert.deepEqual(json.leader, {
    host: "a",
    port: 8081,
    address: "http://a:8081",
    leaderSessionId: "00112233-4455-6677-8899-aabbccddeeff",
    epoch: "7",
    leaseLeftMs: 1500,
    isAnswering: true,
  });
  assert.equal(json.isWell, false);
  assert.deepEqual(json.workers.hosts[0], { host: "v", expected: 1, registered: 0, assumed: [] });
  assert.deepEqual(json.workers.others, [{ host: "x", registered: 1 }]);
  assert.deepEqual(json.problems[0].kind, "master-unreachable");
  assert.deepEqual(
    masters.map((master: Record<string, unknown>) => [master.role, master.epoch, master.isListed]),
    [
      ["leader", "7", true],
      ["unreachable", null, true],
      ["starting", null, true],
      ["foreign", null, true],
      ["standby", null, true],
      ["standby", null, false],
    ],
  );
});

Deno.test("formatJson() tells of a leader that is published only, and of none", () => {
  const silent = JSON.parse(formatJson(findings({ masters: [view("a", unreachable())] })));
  assert.deepEqual([silent.leader.isAnswering, silent.leader.epoch], [false, "7"]);
  const none = findings({ coordination: seen(undefined), masters: [], workers: undefined });
  assert.equal(JSON.parse(formatJson(none)).leader, null);
});
