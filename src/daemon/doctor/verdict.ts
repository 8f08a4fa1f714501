import type { ClusterFacts } from "./facts.ts";
import { VERDICTS } from "./table.ts";
import type { Verdict } from "./verdict_entry.ts";

export type { Severity, Verdict } from "./verdict_entry.ts";

/** All that is to be said of a cluster, the worst first; that all is well, if nothing else. */
export function findingsOf(facts: ClusterFacts): readonly Verdict[] {
  const found = VERDICTS.flatMap((entry) => entry.judge(facts) ?? []);
  const explained = new Set(
    VERDICTS.filter(({ name }) => found.some((verdict) => verdict.name === name))
      .flatMap(({ explains }) => explains),
  );
  const causes = found.filter(({ name }) => !explained.has(name));
  const told = causes.filter(({ severity }) => severity !== "ok");
  return told.length > 0 ? told : causes;
}

/** What is most to be said of a cluster, and what to do. */
export function verdictOf(facts: ClusterFacts): Verdict {
  return findingsOf(facts)[0]!;
}
