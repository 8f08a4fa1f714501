import type { Reign } from "./chronicle.ts";

/** A master's answer that it leads. */
export interface LeaderAnswer {
  master: string;
  epoch: bigint;
  /** When the question was sent and the answer arrived, by the recorders' clock. */
  askedMs: number;
  answeredMs: number;
}

/**
 * The answers of those who still called themselves the leader when another already was: the question
 * was asked after the command of a later epoch had acted, or after its master had said that it leads.
 */
export function staleAnswers(
  answers: readonly LeaderAnswer[],
  reigns: readonly Reign[],
): LeaderAnswer[] {
  const acts = [
    ...reigns.map(({ epoch, firstMs }) => ({ epoch, atMs: firstMs })),
    ...answers.map(({ epoch, answeredMs }) => ({ epoch, atMs: answeredMs })),
  ];
  const firstActs = new Map<bigint, number>();
  for (const { epoch, atMs } of acts) {
    firstActs.set(epoch, Math.min(atMs, firstActs.get(epoch) ?? Infinity));
  }
  return answers.filter(({ epoch, askedMs }) =>
    [...firstActs].some(([later, atMs]) => later > epoch && atMs < askedMs)
  );
}
