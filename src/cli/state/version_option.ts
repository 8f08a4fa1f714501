import type { Options } from "../options.ts";
import { UsageError } from "../usage_error.ts";

/** The version of an entry that an option names. */
export function versionOption(options: Options, name: string): bigint | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw new UsageError(
    `--${name} ${text} is no version: \`masterd state history NAME\` lists them`,
  );
}
