import type { EnvironmentVariable } from "./environment.ts";

/** What a value may be relative to. */
export interface ParseContext {
  /** The installation folder: relative paths count from it. */
  readonly homeDir: string;
}

/** A setting that means something to masterd. */
export interface Key<T> {
  readonly name: string;
  /** Names of the same rank, in Flink's newer versions or in older ones. */
  readonly otherNames?: readonly string[];
  /** Names that still work and are warned of. */
  readonly oldNames?: readonly string[];
  /** The environment variable that wins over the file. */
  readonly environment?: EnvironmentVariable;
  /** Variables of other programs: the first that is set counts where nobody says anything else. */
  readonly fallbacks?: readonly EnvironmentVariable[];
  /** In the notation of the file. */
  readonly default?: string;
  /** One sentence for `check-config` and the manual. */
  readonly description: string;
  /** The value must not be shown. */
  readonly isSensitive?: boolean;
  /** Entries may also be written as keys of their own below this one: `key.entry: value`. */
  readonly isMap?: boolean;
  /** Throws a ConfigError that says what would be right. */
  readonly parse: (text: string, context: ParseContext) => T;
  /** As `parse`, for what the file writes as a list; without it the items are joined by commas. */
  readonly parseItems?: (items: readonly string[]) => T;
  /** The value as it takes effect, where that differs from what was written. */
  show?(value: T): string;
}

/** A key that always has a value. */
export interface DefaultedKey<T> extends Key<T> {
  readonly default: string;
}

/** A key with a default; lets the compiler infer the type of the value from the parser. */
export function defaulted<T>(key: DefaultedKey<T>): DefaultedKey<T> {
  return key;
}

/** As `defaulted()`, for a key that may have no value. */
export function optional<T>(key: Key<T>): Key<T> {
  return key;
}
