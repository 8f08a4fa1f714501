import assert from "node:assert/strict";
import { type DrillOptions, runDrill } from "../../../../src/cli/drill/drill.ts";
import { DrillReport } from "../../../../src/cli/drill/report.ts";
import type { DrilledLeader, RoundEnd } from "../../../../src/cli/drill/round.ts";
import type { ClusterPicture } from "../../../../src/cli/status/cluster_look.ts";
import { leading, picture, SESSION_ID, unreachable, view } from "../status/pictures.ts";

const WELL = picture();
const SILENT = picture({ masters: [leading("a"), view("b", unreachable())] });
const DONE: RoundEnd = {
  kind: "done",
  act: "switchover",
  from: "a:8081",
  to: "b:8081",
  epoch: 8n,
  gapMs: 31.04,
};

/** Drills in a cluster that looks like these pictures, the last for ever; whom it asked for what. */
async function drilling(
  pictures: readonly ClusterPicture[],
  more: Partial<DrillOptions> = {},
) {
  const asked: [string, DrilledLeader][] = [];
  const rounds: number[] = [];
  const left = [...pictures];
  const act = (name: string) => (leader: DrilledLeader) => {
    asked.push([name, leader]);
    return Promise.resolve(DONE);
  };
  const end = await runDrill({
    cluster: { look: () => Promise.resolve(left.length > 1 ? left.shift()! : left[0]!) },
    rounds: 2,
    kill: undefined,
    switchOver: act("switchover"),
    recoveryMs: 1,
    onRound: (round) => void rounds.push(round),
    isLocal: (host) => host === "a",
    signal: new AbortController().signal,
    ...more,
  });
  return { end, asked, rounds };
}

Deno.test("runDrill() makes its rounds while all is well", async () => {
  const { end, asked, rounds } = await drilling([WELL]);
  assert.deepEqual([end, rounds], [{ kind: "done" }, [1, 2]]);
  const leader = { name: "a:8081", host: "a", port: 8081, pid: 1, leaderSessionId: SESSION_ID };
  assert.deepEqual(asked, [["switchover", leader], ["switchover", leader]]);
});

Deno.test("runDrill() kills leaders of this host only", async () => {
  const killed: string[] = [];
  const kill = (leader: DrilledLeader) => {
    killed.push(leader.name);
    return Promise.resolve(DONE);
  };
  const here = await drilling([WELL], { kill, rounds: 1 });
  assert.deepEqual([killed, here.asked.length], [["a:8081"], 0]);
  const elsewhere = await drilling([WELL], { kill, rounds: 1, isLocal: () => false });
  assert.deepEqual([killed.length, elsewhere.asked.length], [1, 1]);
});

Deno.test("runDrill() changes nothing where not all is well, or nobody could take over", async () => {
  const broken = await drilling([SILENT]);
  assert.equal(broken.end.kind, "refused");
  assert.match((broken.end as { reason: string }).reason, /^not all is well: master b:8081 does/);
  const lone = await drilling([picture({ masters: [leading("a")] })]);
  const reason = "there is no standby that could take over";
  assert.deepEqual(lone.end, { kind: "refused", reason });
  assert.deepEqual([...broken.asked, ...lone.asked], []);
});

Deno.test("runDrill() stops at the first round after which not all is well", async () => {
  const { end, rounds } = await drilling([WELL, SILENT], { rounds: 5 });
  assert.deepEqual(rounds, [1]);
  assert.ok(end.kind === "bad" && end.round === 1);
  assert.match(end.reason, /^not all is well: master b:8081 .*, 0\.001 s after the failover$/);
});

Deno.test("runDrill() stops at the first failover that fails", async () => {
  const switchOver = () => Promise.resolve<RoundEnd>({ kind: "bad", reason: "late" });
  const { end, rounds } = await drilling([WELL], { switchOver });
  assert.deepEqual([end, rounds], [{ kind: "bad", round: 1, reason: "late" }, []]);
});

function reporting(isJson: boolean) {
  const [out, errors]: string[][] = [[], []];
  const context = {
    print: (line: string) => void out!.push(line),
    printError: (line: string) => void errors!.push(line),
  };
  return { report: new DrillReport(2, { isJson, context }), out: out!, errors: errors! };
}

Deno.test("DrillReport says a line per round and the sums at the end", () => {
  const { report, out } = reporting(false);
  report.round(1, DONE as RoundEnd & { kind: "done" });
  report.round(2, { ...DONE as RoundEnd & { kind: "done" }, act: "kill", gapMs: undefined });
  assert.equal(report.ended({ kind: "done" }), 0);
  assert.deepEqual(out, [
    "round 1 of 2: a:8081 handed over to b:8081 (epoch 8): gap 31 ms; median 31 ms, max 31 ms",
    "round 2 of 2: killed a:8081, b:8081 leads (epoch 8): gap not measured; median 31 ms, max 31 ms",
    "2 rounds: median 31 ms, max 31 ms",
  ]);
});

Deno.test("DrillReport says why it refused or stopped, each with an exit code of its own", () => {
  const { report, errors } = reporting(false);
  assert.equal(report.ended({ kind: "refused", reason: "x" }), 1);
  assert.equal(report.ended({ kind: "bad", round: 2, reason: "y" }), 75);
  report.interrupted(undefined);
  assert.deepEqual(errors, [
    "masterd: nothing was changed: x",
    "masterd: stopped in round 2: y",
    "masterd: interrupted after 0 rounds: nobody is found leading",
  ]);
});

Deno.test("DrillReport tells programs the same", () => {
  const { report, out } = reporting(true);
  report.round(1, DONE as RoundEnd & { kind: "done" });
  report.ended({ kind: "bad", round: 2, reason: "y" });
  const [round, end] = out.map((line) => JSON.parse(line));
  assert.deepEqual(round, {
    round: 1,
    act: "switchover",
    from: "a:8081",
    to: "b:8081",
    epoch: "8",
    gapMs: 31,
    medianMs: 31,
    maxMs: 31,
  });
  assert.deepEqual(end, { outcome: "bad", round: 2, reason: "y", medianMs: 31, maxMs: 31 });
});
