/** Figures beside the first one, which is ours; "2.0x": ours is twice as good. */
export function compareWithFirst(
  [ours, ...theirs]: readonly number[],
  options: { isLessBetter: boolean; digits?: number },
): string[] {
  const { isLessBetter, digits = 0 } = options;
  const compared = theirs.map((figure) => {
    const ratio = isLessBetter ? figure / ours! : ours! / figure;
    return `${figure.toFixed(digits)} ${ratio.toFixed(2)}x`;
  });
  return [ours!.toFixed(digits), ...compared];
}
