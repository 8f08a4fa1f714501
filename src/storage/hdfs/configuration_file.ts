import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { StorageError } from "../errors.ts";

const MAX_INCLUDES = 10;

/** A property as it stands in a file: nothing in its value is replaced yet. */
export interface ConfigurationProperty {
  name: string;
  value: string;
  /** True: no later file changes it. */
  isFinal: boolean;
  file: string;
}

/** An element as fast-xml-parser gives it when it keeps the order: one tag, and its attributes. */
type OrderedNode = Readonly<Record<string, unknown>>;

// Order matters: of two properties of one name the later one counts, also across included files.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
});

/**
 * Reads one of Hadoop's configuration files and what it includes (`xi:include` of local files);
 * nothing if there is no such file.
 * @throws {StorageError} `misconfigured` if it cannot be read or is no such file
 */
export async function readConfigurationFile(
  file: string,
): Promise<ConfigurationProperty[] | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : await propertiesOf(text, { file, depth: 0 });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unusable(file, "it cannot be read", error);
  }
}

async function propertiesOf(
  text: string,
  place: { file: string; depth: number },
): Promise<ConfigurationProperty[]> {
  const root = parse(text, place.file).find((node) => "configuration" in node);
  if (root === undefined) throw unusable(place.file, "it has no <configuration>");
  return await propertiesIn(childrenOf(root, "configuration"), place);
}

function parse(text: string, file: string): OrderedNode[] {
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    throw unusable(file, `line ${verdict.err.line} is no valid XML: ${verdict.err.msg}`);
  }
  return parser.parse(text);
}

async function propertiesIn(
  nodes: readonly OrderedNode[],
  place: { file: string; depth: number },
): Promise<ConfigurationProperty[]> {
  const properties: ConfigurationProperty[] = [];
  for (const node of nodes) {
    if ("property" in node) properties.push(...propertyOf(node, place.file));
    if ("configuration" in node) {
      properties.push(...await propertiesIn(childrenOf(node, "configuration"), place));
    }
    if ("xi:include" in node) properties.push(...await includedBy(node, place));
  }
  return properties;
}

/** A property's parts are elements; Hadoop 3 also takes them as attributes. */
function propertyOf(node: OrderedNode, file: string): ConfigurationProperty[] {
  const attributes = attributesOf(node);
  const parts = childrenOf(node, "property");
  const part = (tag: string) => textOf(parts, tag)?.trim() ?? attributes[tag];
  const name = part("name");
  const value = part("value");
  if (!name || value === undefined) return [];
  return [{ name, value, isFinal: part("final") === "true", file }];
}

async function includedBy(
  node: OrderedNode,
  { file, depth }: { file: string; depth: number },
): Promise<ConfigurationProperty[]> {
  const href = attributesOf(node)["href"];
  if (href === undefined) throw unusable(file, "an xi:include has no href");
  if (depth === MAX_INCLUDES) throw unusable(file, "files include each other without an end");
  const included = includedPath(href, file);
  const text = await readText(included);
  if (text !== undefined) return await propertiesOf(text, { file: included, depth: depth + 1 });
  const fallback = childrenOf(node, "xi:include").find((child) => "xi:fallback" in child);
  if (fallback === undefined) throw unusable(file, `it includes ${included}, which is not there`);
  return await propertiesIn(childrenOf(fallback, "xi:fallback"), { file, depth });
}

function includedPath(href: string, file: string): string {
  if (href.startsWith("file:")) return fileURLToPath(new URL(href));
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(href)) {
    throw unusable(file, `it includes ${href}; only local files can be included`);
  }
  return isAbsolute(href) ? href : resolve(dirname(file), href);
}

function childrenOf(node: OrderedNode, tag: string): OrderedNode[] {
  const children = node[tag];
  return Array.isArray(children) ? children : [];
}

function attributesOf(node: OrderedNode): Readonly<Record<string, string | undefined>> {
  return (node[":@"] ?? {}) as Record<string, string>;
}

/** The text of the last element of this tag, empty if it has none. */
function textOf(nodes: readonly OrderedNode[], tag: string): string | undefined {
  const node = nodes.findLast((candidate) => tag in candidate);
  if (node === undefined) return undefined;
  return childrenOf(node, tag).map((child) => String(child["#text"] ?? "")).join("");
}

function unusable(file: string, fact: string, cause?: unknown): StorageError {
  return new StorageError("misconfigured", `Cannot use Hadoop's configuration ${file}: ${fact}`, {
    cause,
  });
}
