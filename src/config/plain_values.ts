import { posix } from "node:path";
import { invalidValue } from "./config_error.ts";
import type { ParseContext } from "./key.ts";

/** Reads a line of text. */
export function parseText(text: string): string {
  // Scripts read such values line by line and split them at tabs.
  // deno-lint-ignore no-control-regex
  if (!/[\u0000-\u001f\u007f]/.test(text)) return text.trim();
  throw invalidValue(
    text,
    `${JSON.stringify(text)} holds control characters; write one plain line`,
  );
}

/** Reads a path; relative ones count from the installation folder, wherever the program is started. */
export function parsePath(text: string, context: ParseContext): string {
  return posix.resolve(context.homeDir, parseText(text));
}

/** Reads a secret: one word, which no message repeats. */
export function parseSecret(text: string): string {
  const secret = text.trim();
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw invalidValue(
    "******",
    "the value holds blanks or special characters; write one plain word",
  );
}

/** Reads `true` or `false` in any case. */
export function parseBoolean(text: string): boolean {
  return parseChoice(text, { true: true, false: false });
}

/** Reads a whole number within the limits. */
export function parseInteger(text: string, limits: { min: number; max: number }): number {
  const { min, max } = limits;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw invalidValue(text, `${JSON.stringify(text)} is not a whole number from ${min} to ${max}`);
}

/** Reads one of several words in any case, and gives what the word stands for. */
export function parseChoice<T>(text: string, choices: Readonly<Record<string, T>>): T {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(choices, word)) return choices[word]!;
  const known = Object.keys(choices).join(", ");
  throw invalidValue(text, `${JSON.stringify(text)} is none of the possible values: ${known}`);
}
