import type { StorageErrorKind } from "../errors.ts";

/** What a server says went wrong: the class of the exception without its package, and one line. */
export interface RemoteException {
  exception: string;
  message: string;
}

/** What follows from an answer that is no success. */
export type Refusal =
  /**
   * This name node does not serve now; another one may, or this one later. It has surely not acted if
   * it said so itself (`isCertain`), and not a proxy in its place.
   */
  | { kind: "not-serving"; detail: string; isCertain: boolean }
  | { kind: "failed"; error: StorageErrorKind; detail: string; exception?: string };

const MAX_MESSAGE_LENGTH = 300;

// ObserverRetryOnActiveException and the two others mean: ask another, or the same one later.
const NOT_SERVING = new Set([
  "StandbyException",
  "RetriableException",
  "ObserverRetryOnActiveException",
]);

const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  FileNotFoundException: "not-found",
  FileAlreadyExistsException: "exists",
  AccessControlException: "denied",
  SecurityException: "denied",
  AuthorizationException: "denied",
  AuthenticationException: "denied",
  InvalidToken: "denied",
  DSQuotaExceededException: "full",
  NSQuotaExceededException: "full",
  QuotaByStorageTypeExceededException: "full",
  SafeModeException: "read-only",
};

const KERBEROS =
  "the server asks for Kerberos, which masterd does not speak: use a delegation token " +
  "(masterd.storage.hdfs.delegation-token-file) or another storage";

/** Reads the JSON of an error; nothing if it is none. */
export function parseRemoteException(text: string): RemoteException | undefined {
  let exception: unknown;
  try {
    exception = JSON.parse(text)?.RemoteException;
  } catch {
    return undefined;
  }
  if (typeof exception !== "object" || exception === null) return undefined;
  const fields = exception as Record<string, unknown>;
  return { exception: lastName(fields.exception), message: firstLine(fields.message) };
}

/** Judges an answer that is no success by its status, its headers and the text of its body. */
export function judgeRefusal(status: number, headers: Headers, text: string): Refusal {
  const remote = parseRemoteException(text);
  if (remote === undefined) return judgeStatus(status, headers, text);
  const { exception, message } = remote;
  const detail = message === "" ? exception : `${exception}: ${message}`;
  if (NOT_SERVING.has(exception)) return { kind: "not-serving", detail, isCertain: true };
  const error = Object.hasOwn(KINDS, exception) ? KINDS[exception]! : kindOf(status, message);
  if (asksForKerberos(status, headers)) {
    return { kind: "failed", error: "denied", detail: `${KERBEROS} (${detail})` };
  }
  return { kind: "failed", error, detail, exception };
}

function judgeStatus(status: number, headers: Headers, text: string): Refusal {
  if (asksForKerberos(status, headers)) {
    return { kind: "failed", error: "denied", detail: KERBEROS };
  }
  const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1] ?? text;
  const detail = `HTTP ${status} ${firstLine(title)}`.trim();
  if (status === 502 || status === 503 || status === 504) {
    return { kind: "not-serving", detail, isCertain: false };
  }
  if (status === 404) {
    // A missing file comes with a FileNotFoundException.
    return {
      kind: "failed",
      error: "misconfigured",
      detail: `${detail}; no WebHDFS answers there`,
    };
  }
  return { kind: "failed", error: status === 401 || status === 403 ? "denied" : "failed", detail };
}

function kindOf(status: number, message: string): StorageErrorKind {
  // Every other exception may come with 403.
  if (status === 401) return "denied";
  // The data nodes have no room for another block (BlockManager.chooseTarget4NewBlock).
  return /could only be (replicated|written) to 0|No space left/.test(message) ? "full" : "failed";
}

function asksForKerberos(status: number, headers: Headers): boolean {
  return status === 401 && /^\s*negotiate\b/i.test(headers.get("www-authenticate") ?? "");
}

function lastName(value: unknown): string {
  return typeof value === "string"
    ? value.slice(0, 200).split(/[.$]/).at(-1)!
    : "unknown exception";
}

/** Data nodes send whole stack traces. */
function firstLine(value: unknown): string {
  const line = typeof value === "string" ? value.trimStart().split("\n", 1)[0]!.trim() : "";
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}
