import { invalidValue } from "./config_error.ts";

// A timer of the runtime fires at once when asked to wait longer than this.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const UNITS: readonly { ms: number; names: readonly string[] }[] = [
  { ms: 86_400_000, names: ["d", "day", "days"] },
  { ms: 3_600_000, names: ["h", "hour", "hours"] },
  { ms: 60_000, names: ["min", "m", "minute", "minutes"] },
  { ms: 1000, names: ["s", "sec", "secs", "second", "seconds"] },
  { ms: 1, names: ["ms", "milli", "millis", "millisecond", "milliseconds"] },
  // The micro sign and the Greek letter look alike and are different characters.
  {
    ms: 1e-3,
    names: ["us", "\u00b5s", "\u03bcs", "micro", "micros", "microsecond", "microseconds"],
  },
  { ms: 1e-6, names: ["ns", "nano", "nanos", "nanosecond", "nanoseconds"] },
];

/** Reads a duration in Flink's grammar, `60 s` or `60000` (milliseconds), as milliseconds. */
export function parseDuration(
  text: string,
  limits: { minMs?: number; maxMs?: number } = {},
): number {
  const { minMs = 0, maxMs = LONGEST_TIMER_MS } = limits;
  const match = /^(\d+)\s*(\p{L}*)$/u.exec(text.trim());
  if (!match) {
    throw invalidValue(
      text,
      `${
        JSON.stringify(text)
      } is not a duration; write a whole number and a unit, for example 60 s`,
    );
  }
  const ms = Number(match[1]) * unitInMs(text, match[2]!);
  if (ms < minMs || ms > maxMs) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} is out of range; write ${minMs} ms to ${maxMs} ms`,
    );
  }
  return ms;
}

function unitInMs(text: string, name: string): number {
  if (name === "") return 1;
  const unit = UNITS.find(({ names }) => names.includes(name.toLowerCase()));
  if (unit) return unit.ms;
  const known = UNITS.map(({ names }) => names[0]).join(", ");
  throw invalidValue(
    text,
    `${JSON.stringify(text)} has the unknown unit ${JSON.stringify(name)}; units are ${known}`,
  );
}
