import assert from "node:assert/strict";
import { parse } from "yaml";

/** A part of the document, of which nothing is taken for granted. */
export type Part = Readonly<Record<string, unknown>>;

/** docs/openapi.yaml, read. */
export const OPENAPI = parse(
  await Deno.readTextFile(new URL("../../../docs/openapi.yaml", import.meta.url)),
) as Part & { paths: Record<string, Part>; components: Record<string, Record<string, Part>> };

/** The part that a reference leads to, or the part itself if it is none. */
export function resolved(part: Part): Part {
  const { $ref } = part;
  if ($ref === undefined) return part;
  const found = String($ref).replace(/^#\//, "").split("/").reduce<unknown>(
    (parent, name) => (parent as Part | undefined)?.[name],
    OPENAPI,
  );
  if (found === undefined) throw new Error(`${$ref} leads nowhere`);
  return resolved(found as Part);
}

/** Every part of the document that refers to another. */
export function references(part: unknown = OPENAPI): Part[] {
  if (typeof part !== "object" || part === null) return [];
  const own = "$ref" in part ? [part as Part] : [];
  return [...own, ...Object.values(part).flatMap(references)];
}

/** How a value differs from a schema; only what docs/openapi.yaml uses of JSON Schema is known. */
export function differences(value: unknown, schema: Part, at = "it"): string[] {
  const known = resolved(schema);
  const { type, anyOf, allOf, items } = known as Record<string, Part[]>;
  const types = [type ?? []].flat();
  if (types.length > 0 && !types.some((name) => isOf(value, String(name)))) {
    return [`${at} is ${JSON.stringify(value)}, not ${types}`];
  }
  const options = (anyOf ?? []).map((part) => differences(value, part, at));
  return [
    ...options.every((option) => option.length > 0) ? options[0] ?? [] : [],
    ...(allOf ?? []).flatMap((part) => differences(value, part, at)),
    ...plainDifferences(value, known, at),
    ...Array.isArray(value) && items !== undefined
      ? value.flatMap((item, index) =>
        differences(item, items as unknown as Part, `${at}[${index}]`)
      )
      : [],
    ...isOf(value, "object") ? fieldDifferences(value as Part, known, at) : [],
  ];
}

function plainDifferences(value: unknown, schema: Part, at: string): string[] {
  const { enum: words, const: only, pattern } = schema;
  const all: string[] = [];
  if (only !== undefined && value !== only) all.push(`${at} is ${value}, not ${only}`);
  if (words !== undefined && !(words as unknown[]).includes(value)) {
    all.push(`${at} is ${value}, not one of ${words}`);
  }
  const isRight = typeof value !== "string" || new RegExp(String(pattern ?? "")).test(value);
  return isRight ? all : [...all, `${at} is ${value}, not ${pattern}`];
}

function fieldDifferences(value: Part, schema: Part, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = properties as Readonly<Record<string, Part>>;
  const missing = (required as string[]).filter((name) => !(name in value));
  const fields = Object.entries(value).flatMap(([name, field]) => {
    if (known[name] !== undefined) return differences(field, known[name], `${at}.${name}`);
    return additionalProperties === false ? [`${at}.${name} is not documented`] : [];
  });
  return [...missing.map((name) => `${at} has no ${name}`), ...fields];
}

function isOf(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }
  const kind: string = typeof value;
  return kind === type;
}

const METHODS = ["get", "post", "put", "delete"];

/** Every operation of the document, by method and path: `GET /api/v1/status`. */
export function operations(): Map<string, Part> {
  return new Map(
    Object.entries(OPENAPI.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method): [string, Part] => [
        `${method.toUpperCase()} ${path}`,
        item[method] as Part,
      ])
    ),
  );
}

/** Compares an answer with what the document says of its status: `GET /api/v1/status`. */
export async function checkAnswer(operation: string, response: Response): Promise<void> {
  const responses = operations().get(operation)?.responses as Record<string, Part> | undefined;
  const documented = responses?.[response.status];
  const line = `${operation} ${response.status}`;
  assert.ok(documented, `${line} is not documented`);
  const content = resolved(documented).content as Record<string, Part> | undefined;
  const type = response.headers.get("content-type")?.split(";")[0];
  if (type !== "application/json") return assert.ok(type === undefined || content?.[type], line);
  const schema = content?.[type]?.schema as Part | undefined;
  assert.ok(schema, `${line} is not documented as JSON`);
  assert.deepEqual(differences(await response.json(), schema), [], line);
}
