import type { Collection } from "../state/collector.ts";
import type { Entry } from "../state/entry.ts";
import { StateError, type StateErrorKind } from "../state/errors.ts";
import { asObject, type JsonObject } from "../state/json.ts";
import { StorageError, type StorageErrorKind } from "../storage/errors.ts";
import type { BlobInfo } from "../storage/storage.ts";
import { TokenError } from "./token_error.ts";

/** What a leader answered to a call of its state API. */
export interface Answer {
  status: number;
  /** Empty if the body is no JSON object. */
  document: JsonObject;
}

const KINDS: Readonly<Record<StateErrorKind, true>> = {
  "invalid-name": true,
  "not-found": true,
  "version-mismatch": true,
  "not-leading": true,
  "unknown-outcome": true,
  "broken": true,
  "too-large": true,
  "wrong-storage": true,
  "storage": true,
  "unavailable": true,
};

const STORAGE_KINDS: Readonly<Record<StorageErrorKind, true>> = {
  "not-found": true,
  "exists": true,
  "full": true,
  "read-only": true,
  "denied": true,
  "misconfigured": true,
  "unavailable": true,
  "timeout": true,
  "failed": true,
};

/** An answer of whoever answered: it may be anything. */
export function parseAnswer(status: number, text: string): Answer {
  return { status, document: asObject(parseJson(text)) ?? {} };
}

/** Why the leader did not do what it was asked. */
export function refusal({ status, document }: Answer, url: string): StateError | TokenError {
  const { error, kind, version, reason } = document;
  const said = typeof error === "string" ? oneLine(error) : `${url} answered ${status}`;
  if (status === 401 || status === 403) return new TokenError(said);
  if (typeof kind === "string" && Object.hasOwn(KINDS, kind)) {
    const options = { version: asBigInt(version), cause: causeOf(kind, reason, said) };
    return new StateError(kind as StateErrorKind, said, options);
  }
  // A server that failed without saying how may have failed behind the write.
  return new StateError(status >= 500 ? "unknown-outcome" : "unavailable", said);
}

function causeOf(kind: string, reason: unknown, said: string): StorageError | undefined {
  const isKnown = kind === "storage" && typeof reason === "string" &&
    Object.hasOwn(STORAGE_KINDS, reason);
  return isKnown ? new StorageError(reason as StorageErrorKind, said) : undefined;
}

/** @throws {StateError} `unknown-outcome` if the answer is none of masterd's */
export function decodeEntry({ status, document }: Answer): Entry {
  const { name, length, sha256, writtenAt } = document;
  const version = asBigInt(document.version);
  const epoch = asBigInt(document.epoch);
  const isWhole = typeof name === "string" && typeof length === "number" &&
    typeof sha256 === "string" && typeof writtenAt === "string";
  if (!isWhole || version === undefined || epoch === undefined) throw unintelligible(status);
  return { name, version, length, sha256, epoch, writtenAt };
}

/** @throws {StateError} `unknown-outcome` if the answer is none of masterd's */
export function decodeCollection({ status, document }: Answer): Collection {
  const { removed, waiting, finishedDeletions } = document;
  if (isBlobList(removed) && isBlobList(waiting) && Array.isArray(finishedDeletions)) {
    return { removed, waiting, finishedDeletions: finishedDeletions.map(String) };
  }
  throw unintelligible(status);
}

function unintelligible(status: number): StateError {
  const message = `The leader's answer (status ${status}) cannot be understood`;
  return new StateError("unknown-outcome", message);
}

function isBlobList(value: unknown): value is BlobInfo[] {
  return Array.isArray(value) && value.every((item) => {
    const { name, length } = asObject(item) ?? {};
    return typeof name === "string" && typeof length === "number";
  });
}

function asBigInt(value: unknown): bigint | undefined {
  return typeof value === "string" && /^\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

// What answers may be anything: its text goes to a terminal.
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").slice(0, 1000).trim();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
