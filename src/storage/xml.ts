import { XMLParser } from "fast-xml-parser";

/** One element: its text is all text directly in it; attributes and namespaces are left out. */
export class XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];

  constructor(name: string, { text, children }: { text: string; children: XmlElement[] }) {
    this.name = name;
    this.text = text;
    this.children = children;
  }

  /** The children of that name. */
  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The text of the first child of that name. */
  textOf(name: string): string | undefined {
    return this.children.find((child) => child.name === name)?.text;
  }
}

/** Text that is no XML document, or one that is not read here. */
export class XmlError extends Error {
  override readonly name = "XmlError";
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

// The order of the document is kept because the other form makes names from the document keys of
// objects, `__proto__` as well; entities are ours, because the parser would expand those of a document.
const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  parseTagValue: false,
  processEntities: false,
  trimValues: false,
  cdataPropName: "#cdata",
});

/**
 * Parses a document into its root element. All values are strings; entities of a document's own, and
 * with them document types, are refused.
 * @throws {XmlError}
 */
export function parseXml(text: string): XmlElement {
  if (/<!DOCTYPE/i.test(text)) throw new XmlError("The document has a document type");
  const roots = elementsOf(parse(text.trim()));
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new XmlError("The document has not one root");
  return root;
}

function parse(text: string): unknown {
  try {
    return PARSER.parse(text, true);
  } catch (cause) {
    throw new XmlError("The text is no XML document", { cause });
  }
}

type Node = Record<string, unknown>;

function elementsOf(nodes: unknown): XmlElement[] {
  return asNodes(nodes).flatMap((node) => {
    const name = Object.keys(node).find((key) => !key.startsWith("#") && !key.startsWith(":"));
    if (name === undefined) return [];
    const children = node[name];
    return [new XmlElement(name, { text: textIn(children), children: elementsOf(children) })];
  });
}

function textIn(nodes: unknown): string {
  return asNodes(nodes).map((node) => {
    if (typeof node["#text"] === "string") return decodeEntities(node["#text"]);
    const [content] = asNodes(node["#cdata"]);
    return typeof content?.["#text"] === "string" ? content["#text"] : "";
  }).join("");
}

function asNodes(nodes: unknown): Node[] {
  return Array.isArray(nodes) ? nodes : [];
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,8}));/gi,
    (all, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES.get(name) ?? all;
      const code = decimal === undefined ? parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
