/** The candidate that was probably meant, or undefined if more than `limit` letters differ. */
export function nearest(
  word: string,
  candidates: Iterable<string>,
  limit: number = Math.max(2, Math.floor(word.length / 4)),
): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < (best?.distance ?? limit + 1)) best = { candidate, distance };
  }
  return best?.candidate;
}

// Levenshtein's distance, one row of the table at a time; two neighbours that changed places count once.
function editDistance(left: string, right: string): number {
  let earlier: readonly number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      const areSwapped = i > 1 && j > 1 &&
        left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = areSwapped ? earlier[j - 2]! + 1 : Infinity;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [earlier, row] = [row, next];
  }
  return row[right.length]!;
}
