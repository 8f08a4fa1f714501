import { formatPlace, type Place, type Problem } from "./config_error.ts";
import { type KeyMeaning, lookUpKey } from "./key_lookup.ts";

/** A setting as somebody wrote it. */
export interface GivenSetting {
  readonly key: string;
  readonly value: string;
  /** The items if it was written as a list. */
  readonly items?: readonly string[];
  readonly place: Place;
}

/** What one source says: its known settings under their current names, and Flink's others. */
export interface GivenSettings {
  readonly known: ReadonlyMap<string, GivenSetting>;
  readonly withoutEffect: ReadonlyMap<string, GivenSetting>;
}

/**
 * Sorts out the settings of one source: old names become current ones, the last of several wins,
 * and whatever the author may not have meant gives a warning.
 */
export function sortOutSettings(
  settings: readonly GivenSetting[],
  warn: (problem: Problem) => void,
): GivenSettings {
  const known = new Map<string, GivenSetting & { rank: number }>();
  const withoutEffect = new Map<string, GivenSetting>();
  for (const setting of settings) {
    const meaning = lookUpKey(setting.key);
    if (meaning.kind === "without effect") withoutEffect.set(setting.key, setting);
    if (meaning.kind === "unknown") warn(unknownKey(setting, meaning));
    if (meaning.kind !== "known") continue;
    if (meaning.isOld) warn(oldName(setting, meaning.name));
    const ranked = { ...setting, rank: meaning.rank };
    const earlier = known.get(meaning.name);
    const [winner, loser] = earlier !== undefined && earlier.rank < ranked.rank
      ? [earlier, ranked]
      : [ranked, earlier];
    if (loser !== undefined) warn(overridden(loser, winner));
    known.set(meaning.name, winner);
  }
  return { known, withoutEffect };
}

/** Puts sources on top of each other: what a later one says replaces what an earlier one said. */
export function overlay(sources: readonly GivenSettings[]): GivenSettings {
  return {
    known: new Map(sources.flatMap(({ known }) => [...known])),
    withoutEffect: new Map(sources.flatMap(({ withoutEffect }) => [...withoutEffect])),
  };
}

function unknownKey(
  { key, place }: GivenSetting,
  meaning: KeyMeaning & { kind: "unknown" },
): Problem {
  const hint = meaning.nearest === undefined
    ? "check-config lists the known keys"
    : `did you mean ${meaning.nearest}?`;
  return { ...place, key, message: `unknown key, it is ignored; ${hint}` };
}

function oldName({ key, place }: GivenSetting, name: string): Problem {
  return { ...place, key, message: `is an old name and may go away; write ${name}` };
}

function overridden(loser: GivenSetting, winner: GivenSetting): Problem {
  const place = formatPlace(winner.place);
  const message = `is ignored, because ${winner.key} is set at ${place}; remove one of the two`;
  return { ...loser.place, key: loser.key, message };
}
