import { nearest } from "../config/nearest.ts";

/**
 * The name that was probably meant: the only one that begins with what was typed, or else the one that
 * differs least from it.
 */
export function suggestion(typed: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => name.startsWith(typed));
  if (typed.length > 1 && begun.length === 1) return begun[0];
  // Two letters turn any short word into any other.
  return typed.length < 4 ? nearest(typed, names, 1) : nearest(typed, names);
}
