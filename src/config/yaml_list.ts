import { isScalar, isSeq, type Node, parseDocument } from "yaml";

/** The text of a scalar; a number keeps the digits that were written: 007 is not 7, nor 0x10 16. */
export function scalarText(scalar: { value: unknown; source?: string }): string {
  if (typeof scalar.value === "string") return scalar.value;
  return scalar.value === null ? "" : scalar.source ?? String(scalar.value);
}

/** The texts of a list, or undefined if the node is no list or holds more than texts. */
export function listItems(node: Node): string[] | undefined {
  if (!isSeq<Node | null>(node)) return undefined;
  const items: string[] = [];
  for (const item of node.items) {
    if (!isScalar(item)) return undefined;
    items.push(scalarText(item));
  }
  return items;
}

/** Reads a list on one line, `[java, "-jar", "a b.jar"]`; undefined if the text is none. */
export function parseYamlList(text: string): string[] | undefined {
  const { errors, contents } = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  return errors.length > 0 || contents === null ? undefined : listItems(contents);
}
