import type { Step } from "./step.ts";

/** What two servers did not answer alike, and the program that led there; its last step is to blame. */
export interface Difference {
  readonly program: readonly Step[];
  /** Who heard it: a client, or what was looked at when the program was over. */
  readonly where: string;
  readonly expected: readonly string[];
  readonly seen: readonly string[];
}

const STEPS_SHOWN = 30;

/** Both answers, and the program step by step; of a long one the end. */
export function differenceText({ program, where, expected, seen }: Difference): string {
  return [
    `${where}: the first that differ are marked`,
    ...marked("reference", expected, seen),
    ...marked("tested   ", seen, expected),
    `the program of ${program.length} steps:`,
    ...program.map((step, index) => `  ${index + 1}. ${stepText(step)}`).slice(-STEPS_SHOWN),
  ].join("\n");
}

function marked(who: string, lines: readonly string[], other: readonly string[]): string[] {
  const first = lines.findIndex((line, index) => line !== other[index]);
  return lines.map((line, index) => `  ${index === first ? "*" : " "} ${who} ${line}`);
}

function stepText(step: Step): string {
  return JSON.stringify(step, (_, part) => {
    if (part instanceof Uint8Array) return `${part.length} bytes`;
    return typeof part === "bigint" ? String(part) : part;
  });
}
