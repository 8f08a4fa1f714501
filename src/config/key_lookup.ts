import { hasNoEffect, NAMES_WITHOUT_EFFECT } from "./keys_without_effect.ts";
import type { Key } from "./key.ts";
import { KEYS } from "./keys.ts";
import { nearest } from "./nearest.ts";

const ALL_KEYS: readonly Key<unknown>[] = Object.values(KEYS);
const OWN_NAMES = ALL_KEYS.map(({ name }) => name).filter((name) => name.startsWith("masterd."));

/** What a name in a configuration file stands for. */
export type KeyMeaning =
  | {
    readonly kind: "known";
    readonly key: Key<unknown>;
    /** The key's name, with the entry's if the key is a map. */
    readonly name: string;
    /** 0 for the name in use, more for older ones: of two, the lower rank wins. */
    readonly rank: number;
    readonly isOld: boolean;
  }
  | { readonly kind: "without effect" }
  | { readonly kind: "unknown"; readonly nearest?: string };

/** Finds the key that a name stands for, be it current, old, or one of Flink's without effect here. */
export function lookUpKey(name: string): KeyMeaning {
  for (const key of ALL_KEYS) {
    if (key.isMap && name.startsWith(`${key.name}.`)) {
      return { kind: "known", key, name, rank: 0, isOld: false };
    }
    const rank = namesOf(key).indexOf(name);
    if (rank === -1) continue;
    const isOld = key.oldNames?.includes(name) ?? false;
    return { kind: "known", key, name: key.name, rank, isOld };
  }
  if (hasNoEffect(name)) return { kind: "without effect" };
  return { kind: "unknown", nearest: nearestKey(name) };
}

function nearestKey(name: string): string | undefined {
  if (OWN_NAMES.includes(`masterd.${name}`)) return `masterd.${name}`;
  if (!name.startsWith("masterd.")) return nearest(name, everyName());
  // Nobody else has names that begin so: one of ours is meant, even if much of it differs.
  const end = name.slice(name.lastIndexOf(".") + 1);
  const alike = OWN_NAMES.filter((own) => own.endsWith(end));
  return nearest(name, alike, Infinity) ?? nearest(name, OWN_NAMES, name.length / 2);
}

// Flink's current name of a key comes before the one that it replaced.
function namesOf(key: Key<unknown>): readonly string[] {
  return [...(key.otherNames ?? []), key.name, ...(key.oldNames ?? [])];
}

function* everyName(): Generator<string> {
  for (const key of ALL_KEYS) yield* [key.name, ...(key.otherNames ?? [])];
  yield* NAMES_WITHOUT_EFFECT;
}
