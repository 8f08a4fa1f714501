import { formatPlace, type Place, type Problem, ProblemList } from "./config_error.ts";
import { SECRET_NAME } from "./doubtful_words.ts";
import type { GivenSetting, GivenSettings } from "./given_settings.ts";
import type { DefaultedKey, Key, ParseContext } from "./key.ts";

/** A setting as it takes effect, for showing to people. */
export interface Setting {
  readonly key: string;
  /** Hidden behind asterisks if it is a secret. */
  readonly value: string;
  /** `default`, `conf/flink-conf.yaml:12`, `environment FLINK_PID_DIR`, `-D` … */
  readonly origin: string;
  /** False for settings of Flink that change nothing here. */
  readonly hasEffect: boolean;
}

interface Report {
  readonly problems: ProblemList;
  readonly warn: (problem: Problem) => void;
  /** Where what is missing belongs; absent if that file could not be read. */
  readonly mainFile?: string;
}

/** Turns given settings into typed values, key by key, and notes each value's origin. */
export class SettingResolver {
  readonly #given: GivenSettings;
  readonly #context: ParseContext;
  readonly #report: Report;
  readonly #settings: Setting[] = [];
  readonly #failed = new Set<string>();

  constructor(given: GivenSettings, context: ParseContext, report: Report) {
    this.#given = given;
    this.#context = context;
    this.#report = report;
  }

  /** The value; if it cannot be read the problem is noted and the default stands in. */
  get<T>(key: DefaultedKey<T>): T;
  get<T>(key: Key<T>): T | undefined;
  get<T>(key: Key<T>): T | undefined {
    const given = this.#given.known.get(key.name);
    if (given !== undefined && !isBlank(key, given)) return this.#read(key, given);
    if (given !== undefined && key.default) {
      const message = `has no value; the default ${key.default} is used`;
      this.#report.warn({ ...given.place, key: given.key, message });
    }
    return key.default === undefined
      ? undefined
      : this.#read(key, { value: key.default, place: DEFAULT });
  }

  /** The value, or a duration that was worked out from others. */
  getOr(key: Key<number>, fallbackMs: number): number {
    if (this.isGiven(key)) return this.get(key) ?? fallbackMs;
    this.#show(key, key.name, `${fallbackMs} ms`, DEFAULT);
    return fallbackMs;
  }

  /** What is written below a map key, `key.entry: value`, each read by `parse`. */
  entries<T>(key: Key<unknown>, parse: (entry: string, value: string) => T): T[] {
    const prefix = `${key.name}.`;
    const values: T[] = [];
    for (const [name, { value, place }] of this.#given.known) {
      if (!name.startsWith(prefix)) continue;
      this.#report.problems.attempt({ ...place, key: name }, () => {
        values.push(parse(name.slice(prefix.length), value));
      });
      this.#show(key, name, value, place);
    }
    return values;
  }

  /** Whether somebody wrote a value, or an entry of a map, that is not blank. */
  isGiven(key: Key<unknown>): boolean {
    return [...this.#given.known].some(([name, given]) =>
      !isBlank(key, given) &&
      (name === key.name || (key.isMap && name.startsWith(`${key.name}.`)))
    );
  }

  /** Whether the value could not be read: what depends on it cannot be judged. */
  hasFailed(key: Key<unknown>): boolean {
    return this.#failed.has(key.name);
  }

  /** Notes that the key is missing, or does not fit others, at its place if it has one. */
  refuse(key: Key<unknown>, message: string): void {
    // As long as the file is unread, what is missing may well stand in it.
    if (this.#report.mainFile === undefined) return;
    const place = this.#given.known.get(key.name)?.place ?? { file: this.#report.mainFile };
    this.#report.problems.add({ ...place, key: key.name, message });
  }

  /** As `refuse()`, for two values that do not fit: said once, where somebody wrote one of them. */
  refuseEither(keys: readonly [Key<unknown>, Key<unknown>], message: string): void {
    if (keys.some((key) => this.hasFailed(key))) return;
    this.refuse(this.isGiven(keys[0]) ? keys[0] : keys[1], message);
  }

  /** As `refuse()`, for what may be meant all the same. */
  warn(key: Key<unknown>, message: string): void {
    const place = this.#given.known.get(key.name)?.place ?? { file: this.#report.mainFile };
    this.#report.warn({ ...place, key: key.name, message });
  }

  /** Every value that was asked for, in that order, then Flink's settings without effect. */
  settings(): Setting[] {
    return [...this.#settings, ...[...this.#given.withoutEffect.values()].map(withoutEffect)];
  }

  /** Where each setting stands whose value is not blank, by the key's name. */
  places(): Map<string, Place> {
    const given = [...this.#given.known].filter(([, { value }]) => value.trim() !== "");
    return new Map(given.map(([name, { place }]) => [name, place]));
  }

  #read<T>(key: Key<T>, given: Omit<GivenSetting, "key">): T | undefined {
    const { value: text, items, place } = given;
    const value = this.#report.problems.attempt(
      { ...place, key: key.name },
      () => items && key.parseItems ? key.parseItems(items) : key.parse(text, this.#context),
    );
    if (value === undefined) {
      this.#failed.add(key.name);
      return key.default === undefined ? undefined : key.parse(key.default, this.#context);
    }
    const plain = typeof value === "string" ? value : text.trim();
    this.#show(key, key.name, key.show?.(value) ?? plain, place);
    return value;
  }

  #show(key: Key<unknown>, name: string, value: string, place: Place): void {
    const shown = key.isSensitive ? HIDDEN : value;
    this.#settings.push({ key: name, value: shown, origin: formatPlace(place), hasEffect: true });
  }
}

// A list without items is a mistake where a list is meant, and nothing at all elsewhere.
function isBlank(key: Key<unknown>, { value, items }: GivenSetting): boolean {
  return value.trim() === "" && (items === undefined || key.parseItems === undefined);
}

const DEFAULT: Place = { origin: "default" };
const HIDDEN = "******";

function withoutEffect({ key, value, place }: GivenSetting): Setting {
  const shown = SECRET_NAME.test(key) ? HIDDEN : value;
  return { key, value: shown, origin: formatPlace(place), hasEffect: false };
}
