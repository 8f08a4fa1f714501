import type { HttpAnswer } from "../http_exchange.ts";
import type { BlobInfo } from "../storage.ts";
import { shownUrl } from "./webhdfs_url.ts";

const MAX_JSON_BYTES = 64 * 1024;

/** An answer that says success and is none. The message goes on after "answers … with". */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
}

/** One page of a listing. */
export interface ListingPage {
  files: BlobInfo[];
  /** The name of the last entry if there are further ones. */
  continueAfter?: string;
}

/**
 * Reads the body of an answer as JSON, of at most `limit` bytes (64 KiB unless told).
 * @throws {UnexpectedAnswer}
 */
export async function readJson(answer: HttpAnswer, limit = MAX_JSON_BYTES): Promise<unknown> {
  const text = await answer.text(limit);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unexpected("no JSON, or too much of it", text, cause);
  }
}

/**
 * Where an answer redirects to; nothing if it is no redirect.
 * @throws {UnexpectedAnswer} if that is no place to go to
 */
export function redirectOf(answer: HttpAnswer, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  answer.discard();
  const location = answer.headers.get("location");
  const target = location && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target && target.protocol === "https:") return target;
  if (target && target.protocol === "http:" && from.protocol === "http:") return target;
  const where = target ? shownUrl(target) : "nowhere";
  throw new UnexpectedAnswer(
    `a redirect to ${where}; it must lead to HTTP or HTTPS, and never from HTTPS to HTTP`,
  );
}

/** `{"boolean": …}`, the answer to RENAME and DELETE. */
export function parseBoolean(json: unknown): boolean {
  const value = field(json, "boolean");
  if (typeof value === "boolean") return value;
  throw unexpected("no boolean", json);
}

/** The length in the answer to GETFILESTATUS. */
export function parseLength(json: unknown): number {
  const length = field(field(json, "FileStatus"), "length");
  if (isLength(length)) return length;
  throw unexpected("no length of a file", json);
}

/** The answer to LISTSTATUS. */
export function parseListing(json: unknown): BlobInfo[] {
  return filesOf(statusesOf(json));
}

/** The answer to LISTSTATUS_BATCH. */
export function parseListingPage(json: unknown): ListingPage {
  const listing = field(json, "DirectoryListing");
  const statuses = statusesOf(field(listing, "partialListing"));
  const files = filesOf(statuses);
  if (!(Number(field(listing, "remainingEntries")) > 0)) return { files };
  const last = field(statuses.at(-1), "pathSuffix");
  if (typeof last !== "string") throw unexpected("no entries, though some remain", json);
  return { files, continueAfter: last };
}

function statusesOf(json: unknown): unknown[] {
  const statuses = field(field(json, "FileStatuses"), "FileStatus");
  if (Array.isArray(statuses)) return statuses;
  throw unexpected("no listing", json);
}

/** The listing of a path that is a file has one entry without a name. */
function filesOf(statuses: readonly unknown[]): BlobInfo[] {
  return statuses.flatMap((status) => {
    const name = field(status, "pathSuffix");
    const length = field(status, "length");
    const isFile = field(status, "type") === "FILE";
    return isFile && typeof name === "string" && name !== "" && isLength(length)
      ? [{ name, length }]
      : [];
  });
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function field(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null) return undefined;
  return (json as Record<string, unknown>)[name];
}

function unexpected(fact: string, found: unknown, cause?: unknown): UnexpectedAnswer {
  const text = typeof found === "string" ? found : JSON.stringify(found) ?? "nothing";
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return new UnexpectedAnswer(`${fact}: ${JSON.stringify(shown)}`, { cause });
}
