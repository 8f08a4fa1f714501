import assert from "node:assert/strict";
import { diagnosisJson, formatDiagnosis, isWell } from "../../../../src/cli/doctor/report.ts";
import { COLORED, PLAIN } from "../../../../src/cli/style.ts";
import type { Severity, Verdict } from "../../../../src/daemon/doctor/verdict.ts";
import { cluster } from "../../daemon/doctor/cluster_facts.ts";

function verdict(severity: Severity, advice: string | null = "do it"): Verdict {
  return { name: `a-${severity}`, severity, sentence: `it is ${severity}`, advice };
}

const ILL = {
  facts: cluster(),
  findings: [verdict("critical"), verdict("warning", null)],
  prospect: verdict("ok", null),
};

Deno.test("formatDiagnosis() says the prospect first, then what is wrong and what to do", () => {
  assert.equal(
    formatDiagnosis(ILL, PLAIN),
    "ok: it is ok\ncritical: it is critical\n  what to do: do it\nwarning: it is warning",
  );
  const colored = formatDiagnosis(ILL, COLORED);
  assert.ok(colored.includes(`${COLORED.bad("critical")}: it is critical`));
});

Deno.test("isWell() is true if nothing is wrong, also not with the master that was named", () => {
  const well = { facts: cluster(), findings: [verdict("ok")], prospect: undefined };
  assert.ok(isWell(well));
  assert.ok(!isWell(ILL));
  assert.ok(!isWell({ ...well, prospect: verdict("warning") }));
});

Deno.test("diagnosisJson() names the verdict, all findings and the facts", () => {
  const { isWell, verdict: first, findings, prospect, facts } = JSON.parse(diagnosisJson(ILL));
  assert.deepEqual([isWell, first, findings.length], [false, ILL.findings[0], 2]);
  assert.deepEqual([prospect, facts.clusterId], [ILL.prospect, "/cluster_one"]);
});
