const MARK = "latch-";

// The server appends ten digits, or a sign and nine or ten once its counter has overflowed.
const CONTENDER = /latch-(?:\d{10}|-\d{9,10})$/;

/** Start of the name of a contender's node, as Curator's protected creation makes it. */
export function contenderPrefix(id: string): string {
  return `_c_${id}-${MARK}`;
}

/** Children of a latch path in the order in which they lead, and those that are no contenders. */
export interface LatchQueue {
  contenders: readonly string[];
  foreign: readonly string[];
}

/**
 * Orders children by Curator's rule: by what stands behind the last `latch-`, as text. Curator lets
 * every child take part; here one that no contender made is passed over, so that it cannot keep
 * everyone from leading. That is safe: of two real contenders both rules put the same one first.
 */
export function latchQueue(children: readonly string[]): LatchQueue {
  const contenders = children.filter((name) => CONTENDER.test(name));
  const foreign = children.filter((name) => !CONTENDER.test(name));
  return { contenders: contenders.sort(byKey), foreign };
}

function byKey(left: string, right: string): number {
  const [leftKey, rightKey] = [sortKey(left), sortKey(right)];
  if (leftKey === rightKey) return 0;
  return leftKey < rightKey ? -1 : 1;
}

function sortKey(name: string): string {
  return name.slice(name.lastIndexOf(MARK) + MARK.length);
}
