import type { Expectation } from "../../../src/state/entry.ts";
import { exchange, ExchangeError } from "../../../src/storage/http_exchange.ts";
import type { Acknowledgement, Write } from "./account.ts";

/** What became of a write, as far as its sender was told. */
export type WriteAnswer =
  | { kind: "written"; told: Acknowledgement }
  | { kind: "deleted" }
  /** `found`: the version that was met, null for no entry; left out where it was not the reason. */
  | { kind: "refused"; why: string; found?: bigint | null }
  | { kind: "unknown"; why: string };

export interface CallOptions {
  /** The state of the leadership that is asked. */
  url: string;
  token: string;
  /** How long to wait for an answer. */
  patienceMs: number;
  signal: AbortSignal;
}

const READ_LIMIT_MS = 10_000;

/** Kinds of failures that say that nothing was written, and may be met where only leaders fail. */
const REFUSALS = ["not-leading", "unavailable"];

/**
 * Sends a write of an entry.
 * @throws {Error} if the answer is one that no failing leader explains
 */
export async function sendWrite(
  name: string,
  { kind, expect }: Write,
  content: Uint8Array,
  { url, token, patienceMs, signal }: CallOptions,
): Promise<WriteAnswer> {
  try {
    const answer = await exchange({
      method: kind === "put" ? "PUT" : "DELETE",
      url: new URL(`${url}/${name}`),
      headers: { authorization: `Bearer ${token}`, ...conditionHeaders(expect) },
      body: kind === "put" ? content : undefined,
      timeoutMs: patienceMs,
      signal,
    });
    return readWriteAnswer(answer.status, await answer.text());
  } catch (error) {
    if (error instanceof UnexpectedAnswerError) throw error;
    const wasSent = !(error instanceof ExchangeError) || error.wasSent;
    return wasSent ? { kind: "unknown", why: "no answer" } : { kind: "refused", why: "not sent" };
  }
}

/** The version that a leader gives to readers of an entry; undefined if it says that there is none. */
export async function readVersion(url: string, token: string): Promise<bigint | undefined> {
  const answer = await exchange({
    method: "GET",
    url: new URL(url),
    headers: { authorization: `Bearer ${token}` },
    timeoutMs: READ_LIMIT_MS,
    signal: AbortSignal.timeout(READ_LIMIT_MS),
  });
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new UnexpectedAnswerError(answer.status, text);
  return BigInt(answer.headers.get("etag")!.replaceAll('"', ""));
}

/** An answer that should not have been given. */
class UnexpectedAnswerError extends Error {
  constructor(status: number, text: string) {
    super(`The leader answered ${status}: ${text}`);
  }
}

/** Takes the answer to a write apart. */
export function readWriteAnswer(status: number, text: string): WriteAnswer {
  if (status === 204) return { kind: "deleted" };
  const { kind, version, epoch } = readObject(text);
  if (status === 200 || status === 201) {
    const told = { version: BigInt(version!), epoch: BigInt(epoch!), isNew: status === 201 };
    return { kind: "written", told };
  }
  if (status === 412) {
    return { kind: "refused", why: "mismatch", found: version === null ? null : BigInt(version!) };
  }
  if (kind === "not-found") return { kind: "refused", why: kind, found: null };
  if (kind === "unknown-outcome") return { kind: "unknown", why: kind };
  if (kind !== undefined && REFUSALS.includes(kind)) return { kind: "refused", why: kind };
  throw new UnexpectedAnswerError(status, text);
}

function readObject(
  text: string,
): { kind?: string; version?: string | null; epoch?: string } {
  return text === "" ? {} : JSON.parse(text);
}

function conditionHeaders(expect: Expectation | undefined): Record<string, string> {
  switch (expect) {
    case undefined:
      return {};
    case "absent":
      return { "if-none-match": "*" };
    case "present":
      return { "if-match": "*" };
    default:
      return { "if-match": `"${expect.version}"` };
  }
}
