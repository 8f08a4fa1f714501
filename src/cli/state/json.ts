import type { EntryVersion } from "../../state/entry.ts";

/** A version, or an entry, as the state API writes it: numbers of 64 bits are text. */
export function entryJson<T extends EntryVersion>(
  entry: T,
): Omit<T, "version" | "epoch"> & { version: string; epoch: string } {
  return { ...entry, version: String(entry.version), epoch: String(entry.epoch) };
}
