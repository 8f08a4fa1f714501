/** A JSON object whose fields may be anything: another version, or anybody, may have written it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in these bytes; undefined if they are something else. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The value if it is an object; arrays are none. */
export function asObject(value: unknown): JsonObject | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as JsonObject : undefined;
}

/** The fields of an object but for those that are named: kept when it is written again. */
export function otherFields(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
