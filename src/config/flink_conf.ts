import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { ConfigError, type Problem, ProblemList } from "./config_error.ts";
import { listItems, scalarText } from "./yaml_list.ts";

/** A key and its value as they stand in the file; nested maps are joined by dots. */
export interface ConfEntry {
  readonly key: string;
  /** The items of a list are joined by commas. */
  readonly value: string;
  readonly items?: readonly string[];
  readonly line: number;
}

/** Reads flink-conf.yaml or config.yaml: flat keys, nested maps, or both; duplicates are all kept. */
export function parseFlinkConf(text: string, file: string): ConfEntry[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const { document, counter } = parseTolerantly(lines.map((line) => quoteValue(line, ADDRESS)));
  const problems = new ProblemList();
  for (const problem of yamlProblems(document, counter, lines)) problems.add({ file, ...problem });
  problems.throwIfAny();
  const entries: ConfEntry[] = [];
  const contents = document.contents as Node | null;
  const lineOf = (node: Node) => counter.linePos(node.range?.[0] ?? 0).line;
  if (contents === null || (isScalar(contents) && contents.value === null)) return entries;
  if (!isMap(contents)) {
    const message = "is not a list of settings; write one key: value per line";
    throw new ConfigError([{ file, line: lineOf(contents), message }]);
  }
  flatten("", contents, { entries, problems, file, lineOf });
  problems.throwIfAny();
  return entries;
}

interface Flattening {
  readonly entries: ConfEntry[];
  readonly problems: ProblemList;
  readonly file: string;
  readonly lineOf: (node: Node) => number;
}

function flatten(prefix: string, map: Node, into: Flattening): void {
  if (!isMap<Node, Node | null>(map)) return;
  for (const { key: keyNode, value } of map.items) {
    const line = into.lineOf(keyNode);
    if (!isScalar(keyNode)) {
      into.problems.add({
        file: into.file,
        line,
        message: "the key is not plain text; write key: value",
      });
      continue;
    }
    const key = prefix + scalarText(keyNode);
    if (isMap(value)) {
      flatten(`${key}.`, value, into);
      continue;
    }
    const found = readValue(value);
    if (found === undefined) {
      const message =
        "nested lists, YAML anchors and aliases are not supported; write the value itself";
      into.problems.add({ file: into.file, line, key, message });
      continue;
    }
    into.entries.push({ key, ...found, line });
  }
}

function readValue(value: Node | null): { value: string; items?: string[] } | undefined {
  if (value === null) return { value: "" };
  if (isScalar(value)) return { value: scalarText(value) };
  const items = listItems(value);
  return items && { value: items.join(","), items };
}

interface ParsedYaml {
  readonly document: Document;
  readonly counter: LineCounter;
}

function parseYaml(lines: readonly string[]): ParsedYaml {
  const counter = new LineCounter();
  const document = parseDocument(lines.join("\n"), {
    lineCounter: counter,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  return { document, counter };
}

// Flink before 2.0 did not read YAML but split each line at the first ": ", so a value may hold
// another one there. Only lines that YAML refuses for that very reason are read in the old way, and
// commands that begin with a quoted word.
function parseTolerantly(lines: readonly string[]): ParsedYaml {
  const parsed = parseYaml(lines);
  const refused = parsed.document.errors
    .filter(({ code }) => code === "BLOCK_AS_IMPLICIT_KEY" || code === "UNEXPECTED_TOKEN")
    .map(({ pos }) => parsed.counter.linePos(pos[0]).line);
  if (refused.length === 0) return parsed;
  return parseYaml(lines.map((line, index) => {
    if (!refused.includes(index + 1)) return line;
    return quoteValue(quoteValue(line, QUOTED_WORDS), PLAIN_VALUE);
  }));
}

/** A value that nothing in YAML's notation makes special. */
const PLAIN_VALUE = /^(\s*[\w.-]+:)\s+([^\s'"[{|>&*!%@`#].*)$/;

/** Words of a command of which the first is quoted: for YAML the value ends with that word. */
const QUOTED_WORDS = /^(\s*(?:[\w-]+\.)*(?:command|ready):)\s+(["'].*)$/;

/** A value that starts with an IPv6 address: for YAML its bracket would open a list. */
const ADDRESS = /^(\s*[\w.-]+:)\s+(\[[\dA-Fa-f.]*:[\dA-Fa-f.]*:[\dA-Fa-f:.]*\].*)$/;

function quoteValue(line: string, pattern: RegExp): string {
  const match = pattern.exec(line);
  if (!match) return line;
  const value = match[2]!.replace(/\s#.*$/, "").trim();
  return `${match[1]} ${JSON.stringify(value)}`;
}

function* yamlProblems(
  document: Document,
  counter: LineCounter,
  lines: readonly string[],
): Generator<Problem> {
  const seen = new Set<number>();
  for (const error of document.errors) {
    const { line } = counter.linePos(openingOf(error, document) ?? error.pos[0]);
    // One slip makes YAML complain of everything that follows on the line.
    if (seen.has(line)) continue;
    seen.add(line);
    yield { line, message: `${error.message}; ${advice(error.code, lines[line - 1] ?? "")}` };
  }
}

// An open quote or bracket is noticed only where the file ends; the line to mend is where it opened.
function openingOf(error: YAMLError, document: Document): number | undefined {
  if (!/quote|^Flow/.test(error.message)) return undefined;
  let opening: number | undefined;
  visit(document, {
    Node(_, node) {
      const isOpen = isScalar(node) ? node.type?.startsWith("QUOTE_") : !isAlias(node) && node.flow;
      if (!isOpen || !node.range || node.range[0] > error.pos[0]) return;
      if (node.range[1] >= error.pos[0] - 1) opening = node.range[0];
    },
  });
  return opening;
}

function advice(code: string, line: string): string {
  if (code === "TAB_AS_INDENT") return "indent with blanks";
  if (/^\s*[\w.-]+:[^\s:]/.test(line)) return 'write a blank after the colon, as in "key: value"';
  if (code === "BAD_SCALAR_START" || /['"]/.test(line)) return "put the value between two quotes";
  return 'write "key: value", keys of one level with the same indentation';
}
