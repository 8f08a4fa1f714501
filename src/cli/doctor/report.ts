import type { ClusterFacts } from "../../daemon/doctor/facts.ts";
import type { Severity, Verdict } from "../../daemon/doctor/verdict.ts";
import type { Style } from "../style.ts";

/** What the doctor says. */
export interface Diagnosis {
  facts: ClusterFacts;
  /** The worst first; that all is well, if nothing else. */
  findings: readonly Verdict[];
  /** Of the master that was named, if one was. */
  prospect: Verdict | undefined;
}

/** Whether nothing is wrong, also not with the master that was named. */
export function isWell({ findings, prospect }: Diagnosis): boolean {
  return [...findings, ...(prospect ? [prospect] : [])].every(({ severity }) => severity === "ok");
}

/** For people: what is so, and under it what to do. */
export function formatDiagnosis({ findings, prospect }: Diagnosis, style: Style): string {
  const paint: Record<Severity, (text: string) => string> = {
    ok: style.good,
    warning: style.doubtful,
    critical: style.bad,
  };
  return [...(prospect ? [prospect] : []), ...findings].flatMap((
    { severity, sentence, advice },
  ) => [
    `${paint[severity](severity)}: ${sentence}`,
    ...(advice === null ? [] : [`  ${style.faint("what to do:")} ${advice}`]),
  ]).join("\n");
}

/** For programs. */
export function diagnosisJson(diagnosis: Diagnosis): string {
  const { facts, findings, prospect } = diagnosis;
  return JSON.stringify({
    isWell: isWell(diagnosis),
    clusterId: facts.clusterId,
    verdict: findings[0],
    findings,
    prospect: prospect ?? null,
    facts,
  });
}
