import { type CheckProblem, type CheckReport, checkState } from "../../../state/check.ts";
import { EXIT_FAILED, EXIT_OK } from "../../exit_code.ts";
import type { Options } from "../../options.ts";
import { openProgress } from "../../state/progress.ts";
import { stateCommand, type StateRun } from "../../state/run.ts";
import { counted, formatSize, table, titlesIn } from "../../state/table.ts";
import { type Style, styleFor } from "../../style.ts";

export interface CheckRequest {
  readContents: boolean;
}

/** Compares all entries with the storage, and prints what does not fit. */
export const fsck = stateCommand({ read: requestOf, act: checkEntries });

function requestOf(options: Options): CheckRequest {
  return { readContents: !options.flag("quick") };
}

export async function checkEntries(request: CheckRequest, run: StateRun): Promise<number> {
  const { context, isJson } = run;
  const report = await check(request, run);
  if (isJson) context.print(toJson(report));
  else for (const block of describe(report, styleFor(context))) context.print(block);
  return report.problems.length === 0 ? EXIT_OK : EXIT_FAILED;
}

async function check(request: CheckRequest, run: StateRun): Promise<CheckReport> {
  const { access, signal } = run;
  const reader = await access.reader({ signal });
  using progress = await openProgress("fsck", run);
  const onProgress = (done: number, total: number) => progress.update(done, total);
  return await checkState(reader, { ...request, onProgress, signal });
}

function describe(report: CheckReport, style: Style): string[] {
  const paint = titlesIn(style);
  const { problems, orphans, unfinishedDeletions: deletions } = report;
  const blocks: string[] = [];
  if (problems.length > 0) {
    blocks.push(table(["NAME", "VERSION", "PROBLEM", "DETAIL"], problems.map(row), paint));
  }
  if (orphans.length > 0) {
    const rows = orphans.map(({ name, length }) => [name, formatSize(length)]);
    blocks.push(table(["BLOB THAT NO ENTRY LEADS TO", "SIZE"], rows, paint));
  }
  if (deletions.length > 0) {
    blocks.push(table(["DELETION THAT WAS BEGUN"], deletions.map((name) => [name]), paint));
  }
  blocks.push(summary(report));
  return blocks;
}

function row({ name, version, kind, detail }: CheckProblem): string[] {
  return [name, version === null ? "-" : String(version), kind, detail];
}

function summary(report: CheckReport): string {
  const { stateId, entries, versions, bytes, problems, orphans, unfinishedDeletions } = report;
  if (stateId === null) return "nothing was ever stored";
  const seen = `${counted(entries, "entry", "entries")}, ${counted(versions, "version")}, ` +
    `${formatSize(bytes)}: ${counted(problems.length, "problem")}`;
  const garbage = orphans.length + unfinishedDeletions.length;
  if (garbage === 0) return seen;
  const size = formatSize(orphans.reduce((sum, { length }) => sum + length, 0));
  return `${seen}; \`masterd state gc\` would remove ${
    counted(orphans.length, "blob")
  } (${size}) ` +
    `and end ${counted(unfinishedDeletions.length, "deletion")}`;
}

function toJson({ problems, ...report }: CheckReport): string {
  const versionText = (problem: CheckProblem) => ({
    ...problem,
    version: problem.version === null ? null : String(problem.version),
  });
  return JSON.stringify({ ...report, problems: problems.map(versionText) });
}
