/**
 * Reads a number above 0 from a campaign's command line; else says what is wrong and ends the program with 64.
 */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: ${text} is no whole number above 0`);
  Deno.exit(64);
}

/** The seed that was given, or a new one. */
export function seedOf(text: string | undefined): number {
  return text === undefined
    ? crypto.getRandomValues(new Uint32Array(1))[0]!
    : wholeNumber("seed", text);
}
