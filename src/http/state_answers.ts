import { formatTag } from "./conditions.ts";
import { RequestError } from "./responses.ts";
import type { StateCallError, StateEntry, StateFailureKind, StateVersion } from "./state_calls.ts";

const STATUS: Readonly<Record<StateFailureKind, number>> = {
  "invalid-name": 400,
  "not-found": 404,
  "not-leading": 409,
  "version-mismatch": 412,
  "too-large": 413,
  "broken": 500,
  "unknown-outcome": 503,
  "wrong-storage": 503,
  "storage": 503,
  "unavailable": 503,
};

/** A failure as the caller is answered: what happened in words, its kind, and what belongs to that. */
export function toRequestError({ message, kind, details }: StateCallError): RequestError {
  const { version, leader, reason } = details;
  const isFull = kind === "storage" && reason === "full";
  const fields = { kind, version: version?.toString() ?? version, leader, reason };
  return new RequestError(isFull ? 507 : STATUS[kind], message, { fields });
}

/** As JSON has it: versions and epochs do not fit into its numbers. */
export function versionDocument<T extends StateVersion>({ version, epoch, ...rest }: T) {
  return { ...rest, version: String(version), epoch: String(epoch) };
}

/** What the headers of an answer tell of an entry. */
export function entryHeaders({ version, epoch }: StateEntry): Record<string, string> {
  return {
    "etag": formatTag(version),
    "masterd-epoch": String(epoch),
    // Deno's server would compress it, and then the tag would say something else.
    "cache-control": "no-cache, no-transform",
    "x-content-type-options": "nosniff",
  };
}

/** The content of an entry; null where only the headers are wanted. */
export function contentResponse(
  entry: StateEntry,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
): Response {
  return new Response(body, {
    headers: {
      ...entryHeaders(entry),
      "content-type": "application/octet-stream",
      "content-length": String(entry.length),
      "repr-digest": `sha-256=:${toBase64(entry.sha256)}:`,
    },
  });
}

/** The caller has this version already. */
export function notModified(entry: StateEntry): Response {
  return new Response(null, { status: 304, headers: entryHeaders(entry) });
}

function toBase64(hexadecimal: string): string {
  const bytes = hexadecimal.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}
