import assert from "node:assert/strict";
import type { ClusterPicture, LookOptions } from "../../../../src/cli/status/cluster_look.ts";
import type { Findings } from "../../../../src/cli/status/report.ts";
import { lookOnce, lookUntilWell, WaitingLine } from "../../../../src/cli/status/waiting.ts";
import { picture, unreachable, view } from "./pictures.ts";

const signal = new AbortController().signal;
const WELL = picture();
const SILENT = picture({ masters: [view("a", unreachable())], workers: undefined });
const CHANGING = picture({ masters: [view("a")] });

/** Shows one picture after another, and the last for ever. */
function looking(...pictures: ClusterPicture[]) {
  const limits: number[] = [];
  return {
    limits,
    look({ limitMs, signal }: LookOptions): Promise<ClusterPicture> {
      signal.throwIfAborted();
      limits.push(limitMs);
      return Promise.resolve(pictures[Math.min(limits.length, pictures.length) - 1]!);
    },
  };
}

Deno.test("lookOnce() looks a second time at what may have been a change of leadership", async () => {
  const changed = looking(CHANGING, WELL);
  assert.deepEqual((await lookOnce(changed, { signal })).problems, []);
  const lasting = looking(CHANGING);
  assert.equal((await lookOnce(lasting, { signal })).problems[0]?.kind, "leaders-disagree");
  assert.equal(lasting.limits.length, 2);
});

Deno.test("lookOnce() looks once at what is missing", async () => {
  const cluster = looking(SILENT, WELL);
  assert.equal((await lookOnce(cluster, { signal })).problems[0]?.kind, "leader-silent");
  assert.equal(cluster.limits.length, 1);
});

Deno.test("lookUntilWell() looks until all is well, and tells of each look before", async () => {
  const told: Findings[] = [];
  const onFindings = (findings: Findings) => void told.push(findings);
  const cluster = looking(SILENT, SILENT, WELL);
  const findings = await lookUntilWell(cluster, { waitMs: 60_000, onFindings, signal });
  assert.deepEqual(findings.problems, []);
  assert.equal(told.length, 2);
});

Deno.test("lookUntilWell() gives what is missing when the time is up", async () => {
  const cluster = looking(SILENT);
  const findings = await lookUntilWell(cluster, { waitMs: 1, onFindings: () => {}, signal });
  assert.equal(findings.problems[0]?.kind, "leader-silent");
  // However little time is left: whoever lives has enough for an answer.
  assert.equal(cluster.limits[0], 1000);
});

Deno.test("lookUntilWell() ends when it is interrupted", async () => {
  const stop = new AbortController();
  const onFindings = () => stop.abort(new Error("enough"));
  const options = { waitMs: 60_000, onFindings, signal: stop.signal };
  await assert.rejects(lookUntilWell(looking(SILENT), options), /enough/);
});

function shownOn(columns: number, cluster: ClusterPicture): string[] {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const problems = [{ kind: "no-leader", message: "no leader is known" } as const];
  {
    using line = new WaitingLine({ isTTY: true, columns, write });
    line.show({ picture: cluster, problems: [...problems, ...problems], notes: [] });
  }
  return written;
}

Deno.test("WaitingLine shows what is missing in one line of the terminal, and takes it away", () => {
  assert.deepEqual(shownOn(80, SILENT), [
    "\r\x1b[2Kwaiting: no leader is known (and 1 more)",
    "\r\x1b[2K",
  ]);
  assert.equal(shownOn(0, SILENT)[0], shownOn(80, SILENT)[0]);
  assert.equal(shownOn(30, SILENT)[0], "\r\x1b[2Kwaiting: no lea… (and 1 more)");
});

Deno.test("WaitingLine writes nothing where there is no terminal, and nothing to say", () => {
  using line = new WaitingLine(undefined);
  line.show({ picture: SILENT, problems: [], notes: [] });
});
