import type { ClusterFacts } from "./facts.ts";

/** `warning`: the cluster does its work, but something should be done. */
export type Severity = "ok" | "warning" | "critical";

/** What is to be said of a cluster. */
export interface Verdict {
  name: string;
  severity: Severity;
  /** What is so; one line, without orders to a terminal. */
  sentence: string;
  /** What to do; null if nothing. */
  advice: string | null;
}

/** One thing that can be the case, and what is then to be said. */
export interface VerdictSpec<Case> {
  name: string;
  severity: Severity;
  /** What is so with these facts, for the sentence; undefined if it is not the case. */
  when: (facts: ClusterFacts) => Case | undefined;
  sentence: (found: Case, facts: ClusterFacts) => string;
  advice?: (found: Case, facts: ClusterFacts) => string;
  /** Names of verdicts that follow from this one, and are not told beside it. */
  explains?: readonly string[];
}

/** A line of the table. */
export interface VerdictEntry {
  readonly name: string;
  readonly severity: Severity;
  readonly explains: readonly string[];
  judge(facts: ClusterFacts): Verdict | undefined;
}

/** A line of the table from what it says of itself. */
export function verdict<Case>(spec: VerdictSpec<Case>): VerdictEntry {
  const { name, severity, explains = [] } = spec;
  return {
    name,
    severity,
    explains,
    judge(facts) {
      const found = spec.when(facts);
      if (found === undefined) return undefined;
      const advice = spec.advice?.(found, facts) ?? null;
      return said({ name, severity, sentence: spec.sentence(found, facts), advice });
    },
  };
}

/** A verdict whose texts others may have written. */
export function said(verdict: Verdict): Verdict {
  const { sentence, advice } = verdict;
  return {
    ...verdict,
    sentence: harmless(sentence),
    advice: advice === null ? null : harmless(advice),
  };
}

const MAX_TEXT = 600;

// Names and causes come from anybody who can write to ZooKeeper or answer at a port.
function harmless(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}

const MAX_NAMED = 4;

/** `a`, `a and b`, `a, b and c`; of many the first few. */
export function listed(names: readonly string[]): string {
  const shown = names.length > MAX_NAMED
    ? [...names.slice(0, MAX_NAMED - 1), `${names.length - MAX_NAMED + 1} more`]
    : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** `1 master`, `2 masters`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `0.3 s`, `90 s`, `3.5 h`. */
export function duration(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  if (seconds >= 7200) return `${(seconds / 3600).toFixed(1)} h`;
  return seconds >= 10 ? `${Math.round(seconds)} s` : `${seconds.toFixed(1)} s`;
}

/** A list that is not empty, or undefined: what `when` gives if several things are the case. */
export function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
