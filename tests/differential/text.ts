/** Names for session ids, which differ between servers: by the order in which they are first met. */
export class SessionNames {
  readonly #names = new Map<bigint, string>([[0n, "nobody"]]);

  nameOf(sessionId: bigint): string {
    const known = this.#names.get(sessionId);
    if (known !== undefined) return known;
    const name = `session ${this.#names.size}`;
    this.#names.set(sessionId, name);
    return name;
  }
}

// The order of these is each server's own.
const UNORDERED = new Set(["children", "paths", "clients", "acl"]);

/** A reply's body as text that two servers must agree on: without times and ids. */
export function comparableText(value: unknown, names: SessionNames): string {
  return JSON.stringify(value, (key, part) => comparable(key, part, names));
}

function comparable(key: string, part: unknown, names: SessionNames): unknown {
  if (key === "ctime" || key === "mtime") return part === 0n ? 0 : "a time";
  if (key === "ephemeralOwner") return part === 0n ? 0 : names.nameOf(part as bigint);
  if (part instanceof Uint8Array) return `bytes ${[...part].join(" ")}`;
  if (UNORDERED.has(key) && Array.isArray(part)) return sorted(part);
  return typeof part === "bigint" ? String(part) : part;
}

function sorted(list: readonly unknown[]): unknown[] {
  return list.map((entry) => ({ entry, text: JSON.stringify(entry) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ entry }) => entry);
}
