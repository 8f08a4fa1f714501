import { invalidValue } from "./config_error.ts";

const UNITS: readonly { bytes: number; names: readonly string[] }[] = [
  { bytes: 1, names: ["b", "bytes"] },
  { bytes: 1024, names: ["kb", "k", "kibibytes"] },
  { bytes: 1024 ** 2, names: ["mb", "m", "mebibytes"] },
  { bytes: 1024 ** 3, names: ["gb", "g", "gibibytes"] },
  { bytes: 1024 ** 4, names: ["tb", "t", "tebibytes"] },
];

/** Reads a size in Flink's grammar, `64 mb` or `67108864` (bytes), in steps of 1024, as bytes. */
export function parseMemorySize(text: string, limits: { minBytes?: number } = {}): number {
  const { minBytes = 0 } = limits;
  const match = /^(\d+)\s*(\p{L}*)$/u.exec(text.trim());
  if (!match) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} is not a size; write a whole number and a unit, for example 64 mb`,
    );
  }
  const bytes = Number(match[1]) * unitInBytes(text, match[2]!);
  if (bytes >= minBytes && bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw invalidValue(
    text,
    `${JSON.stringify(text)} is out of range; write ${minBytes} b to ${Number.MAX_SAFE_INTEGER} b`,
  );
}

function unitInBytes(text: string, name: string): number {
  if (name === "") return 1;
  const unit = UNITS.find(({ names }) => names.includes(name.toLowerCase()));
  if (unit) return unit.bytes;
  const known = UNITS.map(({ names }) => names[0]).join(", ");
  throw invalidValue(
    text,
    `${JSON.stringify(text)} has the unknown unit ${JSON.stringify(name)}; units are ${known}`,
  );
}
