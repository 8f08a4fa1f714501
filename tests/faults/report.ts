import { median, percentile } from "../../bench/statistics.ts";
import { formatTable } from "../../bench/table.ts";
import type { Outcome } from "./outcome.ts";

/** The circumstances of a series of runs. */
export interface Setting {
  sessionTimeoutMs: number;
  servers: number;
}

const HEADER = [
  "fault",
  "T",
  "servers",
  "runs",
  "takeover median",
  "95 %",
  "max",
  "idle median",
  "max",
  "overlaps",
  "changes",
  "stops",
  "failed",
];

/** Gathers what all runs gave, says each failure at once, and lays the figures out at the end. */
export class Report {
  readonly #rows: string[][] = [];
  readonly #notes: string[] = [];
  passed = 0;
  failed = 0;

  /** Adds a series of runs; each counts as passed or failed. */
  add(title: string, setting: Setting, outcomes: readonly Outcome[]): void {
    const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
    this.failed += failed;
    this.passed += outcomes.length - failed;
    const row = cells(title, setting, outcomes, failed);
    this.#rows.push(row);
    console.log(row.join(" | "));
  }

  /** Adds what fits into no column. */
  note(line: string): void {
    this.#notes.push(line);
    console.log(line);
  }

  /** Counts one expectation on the figures of a series. */
  expect(holds: boolean, expectation: string): void {
    if (holds) this.passed++;
    else this.failed++;
    console.log(`${holds ? "ok" : "FAILED"}: ${expectation}`);
  }

  /** Expects of the takeovers of a series that half and 95 % of them were quick. */
  expectQuick(
    title: string,
    outcomes: readonly Outcome[],
    limits: { medianMs: number; p95Ms: number },
  ): void {
    const figures = outcomes.flatMap(({ takeoverMs }) => takeoverMs ?? []);
    if (figures.length === 0) return this.expect(false, `${title}: some takeover`);
    const [half, most] = [median(figures), percentile(figures, 0.95)];
    const { medianMs, p95Ms } = limits;
    this.expect(half <= medianMs, `${title}: median ${round(half)} <= ${medianMs} ms`);
    this.expect(most <= p95Ms, `${title}: 95th percentile ${round(most)} <= ${p95Ms} ms`);
  }

  /** The table of all series, all times in milliseconds, and the notes. */
  get table(): string {
    return [formatTable([HEADER, ...this.#rows]), ...this.#notes].join("\n");
  }
}

function cells(
  title: string,
  { sessionTimeoutMs, servers }: Setting,
  outcomes: readonly Outcome[],
  failed: number,
): string[] {
  const takeovers = outcomes.flatMap(({ takeoverMs }) => takeoverMs ?? []);
  const idles = outcomes.flatMap(({ idleMs }) => idleMs ?? []);
  const overlaps = outcomes.filter(({ overlapMs }) => overlapMs !== undefined).length;
  return [
    title,
    `${sessionTimeoutMs / 1000} s`,
    String(servers),
    String(outcomes.length),
    ...figures(takeovers, 0.5, 0.95, 1),
    ...figures(idles, 0.5, 1),
    String(overlaps),
    String(sum(outcomes.map(({ changes }) => changes))),
    String(sum(outcomes.map(({ stops }) => stops))),
    String(failed),
  ];
}

function figures(values: readonly number[], ...shares: number[]): string[] {
  return shares.map((share) => values.length === 0 ? "-" : round(percentile(values, share)));
}

function round(value: number): string {
  return value.toFixed(0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
