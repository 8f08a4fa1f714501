import { invalidValue } from "./config_error.ts";

/** Ports to try, in the order in which they were written; 0 stands for any free port. */
export interface PortRange {
  readonly text: string;
  ports(): Iterable<number>;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

const EXAMPLE = "for example 50010,50020-50025, or 0 for any port";

/** Reads ports and inclusive ranges separated by commas, in the grammar of Flink 1.19 and later. */
export function parsePortRange(text: string): PortRange {
  const trimmed = text.trim();
  if (trimmed === "") throw invalidValue(text, `the port range is empty; write one, ${EXAMPLE}`);
  const items = trimmed.replace(/(,\s*)+$/, "").split(",");
  // Flink accepts a lone comma as a range without any port.
  const spans = items.length === 1 && items[0] === ""
    ? []
    : items.map((item) => parseSpan(item, trimmed));
  return {
    text: trimmed,
    *ports() {
      for (const { first, last } of spans) {
        for (let port = first; port <= last; port++) yield port;
      }
    },
  };
}

function parseSpan(item: string, whole: string): Span {
  const text = item.trim();
  const dash = text.indexOf("-");
  if (dash === -1) {
    const port = parseRangePort(text, text, whole);
    return { first: port, last: port };
  }
  const first = parseRangePort(text.slice(0, dash), text, whole);
  const last = parseRangePort(text.slice(dash + 1), text, whole);
  if (last === first) throw invalidRange(whole, text, `is a single port; write ${first}`);
  if (last < first) {
    throw invalidRange(whole, text, `ends before it starts; write ${last}-${first}`);
  }
  return { first, last };
}

function parseRangePort(text: string, item: string, whole: string): number {
  if (item === "") throw invalidRange(whole, item, `is empty; write a port between the commas`);
  if (!/^[+-]?\d+$/.test(text)) {
    throw invalidRange(whole, item, `is neither a port nor a range; write numbers, ${EXAMPLE}`);
  }
  const port = Number(text);
  if (port < 0 || port > 65535) {
    throw invalidRange(whole, item, `is out of range; ports are 0 to 65535`);
  }
  return port;
}

function invalidRange(whole: string, item: string, fact: string) {
  const context = item === whole ? "" : `port range ${JSON.stringify(whole)}: `;
  return invalidValue(whole, `${context}${JSON.stringify(item)} ${fact}`);
}
