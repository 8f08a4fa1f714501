import { invalidValue } from "./config_error.ts";

/** What src/state takes for a name. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Reads names of state entries, separated by commas; each counts once. */
export function parseEntryNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const bad = names.find((name) => !NAME.test(name));
  if (bad === undefined) return [...new Set(names)];
  throw invalidValue(
    text,
    `${JSON.stringify(bad)} is no name of an entry; write 1 to 200 letters, digits, or . _ - ` +
      "and a letter or digit first",
  );
}
