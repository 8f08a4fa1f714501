import { type Atom, atomsOf, programOf } from "./atoms.ts";
import { Comparison, type Contestants } from "./comparison.ts";
import type { Difference } from "./difference.ts";
import type { Step } from "./step.ts";

/**
 * Looks for a shorter program that shows a difference, not always the same one: leaves out ever smaller
 * parts of it, on new servers each time, until nothing more can be left out or the time is over.
 */
export async function reduced(
  difference: Difference,
  contestants: Contestants,
  limitMs: number,
): Promise<Difference> {
  const end = performance.now() + limitMs;
  let shortest = difference;
  let size = atomsOf(difference.program).length;
  while (size > 1 && performance.now() < end) {
    size = Math.ceil(size / 2);
    shortest = await withoutParts(shortest, size, contestants, end);
  }
  return shortest;
}

/** Leaves out whatever parts of this size can be left out. */
async function withoutParts(
  difference: Difference,
  size: number,
  contestants: Contestants,
  end: number,
): Promise<Difference> {
  let shortest = difference;
  let atoms = atomsOf(shortest.program);
  for (let from = 0; from < atoms.length && performance.now() < end;) {
    const fewer = without(atoms, from, size);
    const shorter = await differenceIn(programOf(fewer), contestants);
    if (shorter === undefined) from += size;
    else [shortest, atoms] = [shorter, atomsOf(shorter.program)];
  }
  return shortest;
}

function without(atoms: readonly Atom[], from: number, count: number): Atom[] {
  return [...atoms.slice(0, from), ...atoms.slice(from + count)];
}

async function differenceIn(
  program: readonly Step[],
  contestants: Contestants,
): Promise<Difference | undefined> {
  if (program.length === 0) return undefined;
  await using comparison = await Comparison.open(contestants);
  for (const step of program) {
    const outcome = await comparison.perform(step);
    if ("difference" in outcome) return outcome.difference;
  }
  return await comparison.finish();
}
