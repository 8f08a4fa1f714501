import { randomSource } from "../unit/election/random_source.ts";
import { Comparison, type Contestants } from "./comparison.ts";
import { type Difference, differenceText } from "./difference.ts";
import { Program } from "./program.ts";
import { reduced } from "./reduction.ts";
import { Tally } from "./tally.ts";

/** One random program and the servers that it is run on. */
export interface CampaignOptions {
  readonly seed: number;
  /** How many operations the program has at least. */
  readonly operations: number;
  readonly contestants: Contestants;
  /** How long to look for a shorter program that shows a difference. */
  readonly reductionLimitMs: number;
}

/** Two servers did not answer alike; the message tells the seed and the shortest program found. */
export class DifferenceError extends Error {
  override readonly name = "DifferenceError";
}

/**
 * Runs the program of a seed on both servers and compares all that their clients hear.
 * @throws {DifferenceError} at the first step after which they have not heard the same.
 */
export async function run(options: CampaignOptions): Promise<Tally> {
  const tally = new Tally();
  const difference = await firstDifference(options, tally);
  if (difference === undefined) return tally;
  const shortest = await reduced(difference, options.contestants, options.reductionLimitMs);
  throw new DifferenceError([
    `seed ${options.seed}: a difference at step ${difference.program.length}`,
    differenceText(shortest),
  ].join("\n"));
}

async function firstDifference(
  { seed, operations, contestants }: CampaignOptions,
  tally: Tally,
): Promise<Difference | undefined> {
  const program = new Program(randomSource(seed));
  await using comparison = await Comparison.open(contestants);
  while (tally.operations < operations) {
    const step = program.next();
    const outcome = await comparison.perform(step);
    if ("difference" in outcome) return outcome.difference;
    program.learn(step, outcome.observation.answers);
    tally.count(step, outcome.observation);
  }
  return await comparison.finish();
}
