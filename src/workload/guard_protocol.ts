import { isWorkloadId } from "./workload_id.ts";

/**
 * What the daemon writes to a guard's stdin: one JSON document a line. Times are those of the
 * guard's own `performance.now()`, which "clock" asks for; a deadline of null never passes.
 */
export type GuardOrder =
  | { kind: "clock"; id: number }
  | RunOrder
  | { kind: "deadline"; deadline: number | null }
  | { kind: "signal"; signal: string }
  | { kind: "stop"; graceMs: number };

/** Starts the one command of a guard's life. */
export interface RunOrder {
  kind: "run";
  command: readonly string[];
  /** Added to the guard's own; names are such as a shell knows. */
  environment: Readonly<Record<string, string>>;
  cwd?: string;
  logFile: string;
  logMaxBytes: number;
  logKept: number;
  deadline: number | null;
  stopGraceMs: number;
}

/** Why a command ended: by itself, by order, or because its deadline passed. */
export type EndCause = "exit" | "stop" | "deadline";

/**
 * What a guard writes to its stdout: one JSON document a line. Its first is "ready", and names what
 * sweep() is to be told of the command to come; its last is "ended" or "not-started";
 * a guard that ends without either was killed, and then sweep() must run before its command counts
 * as dead. `leftovers` of "ended" are processes that could not be killed yet: the guard goes on trying
 * and ends only then; null if it could not look for them.
 */
export type GuardReport =
  | { kind: "ready"; workloadId: string; cgroup?: string }
  | { kind: "clock"; id: number; now: number }
  | { kind: "started"; pid: number }
  | { kind: "not-started"; error: string; isPermanent: boolean }
  | { kind: "expiring" }
  | {
    kind: "ended";
    code: number | null;
    signal: string | null;
    cause: EndCause;
    leftovers: number | null;
  };

/** A line of the protocol is none. */
export class GuardProtocolError extends Error {
  override readonly name = "GuardProtocolError";
}

/** The line, with its end, that says this. */
export function encodeLine(document: GuardOrder | GuardReport): string {
  return `${JSON.stringify(document)}\n`;
}

/** Understands a line from the daemon; throws a GuardProtocolError. */
export function decodeOrder(line: string): GuardOrder {
  return decode<GuardOrder>(line, "order", ORDERS);
}

/** Understands a line from a guard; throws a GuardProtocolError. */
export function decodeReport(line: string): GuardReport {
  return decode<GuardReport>(line, "report", REPORTS);
}

interface FieldType {
  name: string;
  holds: (value: unknown) => boolean;
}

type Fields = Readonly<Record<string, FieldType>>;

const text: FieldType = {
  name: "a text",
  holds: (value) => typeof value === "string" && !value.includes("\0"),
};
const flag: FieldType = { name: "true or false", holds: (value) => typeof value === "boolean" };
const number: FieldType = { name: "a number", holds: (value) => Number.isFinite(value) };
const whole: FieldType = {
  name: "a whole number from 0 on",
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};
const positive: FieldType = {
  name: "a whole number from 1 on",
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};
const span: FieldType = {
  name: "a number from 0 on",
  holds: (value) => Number.isFinite(value) && Number(value) >= 0,
};
const words: FieldType = {
  name: "a list of words, the first of which is not empty",
  holds: (value) => Array.isArray(value) && value.every(text.holds) && Boolean(value[0]),
};
const variables: FieldType = {
  name: "an object of texts whose names a shell knows",
  holds: (value) =>
    isObject(value) && Object.values(value).every(text.holds) &&
    Object.keys(value).every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)),
};
const workloadId: FieldType = {
  name: "letters, digits, dashes and underscores, the first no dash",
  holds: isWorkloadId,
};
const signal: FieldType = {
  name: "the name of a signal",
  holds: (value) => typeof value === "string" && /^SIG[A-Z0-9]+$/.test(value),
};
const cause: FieldType = {
  name: "exit, stop or deadline",
  holds: (value) => value === "exit" || value === "stop" || value === "deadline",
};

const ORDERS: Readonly<Record<GuardOrder["kind"], Fields>> = {
  "clock": { id: whole },
  "run": {
    command: words,
    environment: variables,
    cwd: optional(text),
    logFile: text,
    logMaxBytes: positive,
    logKept: whole,
    deadline: orNull(number),
    stopGraceMs: span,
  },
  "deadline": { deadline: orNull(number) },
  "signal": { signal },
  "stop": { graceMs: span },
};

const REPORTS: Readonly<Record<GuardReport["kind"], Fields>> = {
  "clock": { id: whole, now: number },
  "ready": { workloadId, cgroup: optional(text) },
  "started": { pid: whole },
  "not-started": { error: text, isPermanent: flag },
  "expiring": {},
  "ended": {
    code: orNull(whole),
    signal: orNull(signal),
    cause,
    leftovers: orNull(whole),
  },
};

function orNull({ name, holds }: FieldType): FieldType {
  return { name: `${name}, or null`, holds: (value) => value === null || holds(value) };
}

function optional({ name, holds }: FieldType): FieldType {
  return { name, holds: (value) => value === undefined || holds(value) };
}

function decode<T>(line: string, what: string, kinds: Readonly<Record<string, Fields>>): T {
  const document = parseObject(line, what);
  const { kind } = document;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind)) {
    throw new GuardProtocolError(`No ${what} is called ${JSON.stringify(kind)}: ${excerpt(line)}`);
  }
  for (const [name, type] of Object.entries(kinds[kind]!)) {
    if (type.holds(document[name])) continue;
    throw new GuardProtocolError(
      `In the ${what} "${kind}", ${name} is not ${type.name}: ${excerpt(line)}`,
    );
  }
  return document as T;
}

function parseObject(line: string, what: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(line);
    if (isObject(document)) return document;
  } catch (cause) {
    throw new GuardProtocolError(`Not JSON, so no ${what}: ${excerpt(line)}`, { cause });
  }
  throw new GuardProtocolError(`Not a JSON object, so no ${what}: ${excerpt(line)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}...` : line);
}
