import { StorageError, type StorageErrorKind } from "../errors.ts";
import type { HttpAnswer } from "../http_exchange.ts";
import { parseXml, type XmlElement, XmlError } from "../xml.ts";

const MAX_SHOWN = 300;

/** An answer that tells of a failure. */
export class S3Error extends StorageError {
  readonly status: number;
  /** As the server named it, or the status if it did not. */
  readonly code: string;
  /** Where the bucket is, if the server said so. */
  readonly region: string | undefined;
  /** What the server took the time to be. */
  readonly date: Date | undefined;

  constructor(act: string, { status, code, text, region, date }: ErrorFacts) {
    const said = text === "" ? "" : `: ${text}`;
    super(kindOf(status, code), `Cannot ${act}: the server answered ${status} ${code}${said}`);
    this.status = status;
    this.code = code;
    this.region = region;
    this.date = date;
  }
}

interface ErrorFacts {
  status: number;
  code: string;
  text: string;
  region: string | undefined;
  date: Date | undefined;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; the last ones are MinIO's and Ceph's.
const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  NoSuchKey: "not-found",
  NoSuchBucket: "misconfigured",
  InvalidBucketName: "misconfigured",
  PermanentRedirect: "misconfigured",
  TemporaryRedirect: "misconfigured",
  AuthorizationHeaderMalformed: "misconfigured",
  ExpiredToken: "denied",
  InvalidToken: "denied",
  PreconditionFailed: "exists",
  RequestTimeout: "timeout",
  QuotaExceeded: "full",
  XMinioStorageFull: "full",
  XAmzBucketQuotaExceeded: "full",
  XMinioAdminBucketQuotaExceeded: "full",
};

function kindOf(status: number, code: string): StorageErrorKind {
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  if (kind !== undefined) return kind;
  switch (status) {
    case 401:
    case 403:
      return "denied";
    case 404:
      return "not-found";
    case 412:
      return "exists";
    case 507:
      return "full";
    case 301:
    case 302:
    case 307:
    case 308:
      return "misconfigured";
    default:
      return status >= 500 && status !== 501 || status === 429 ? "unavailable" : "failed";
  }
}

/** True for a failure that may pass when the same is sent once more: also what was damaged on its way. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof StorageError)) return false;
  if (error instanceof S3Error && PASSING_CODES.has(error.code)) return true;
  return error.kind === "unavailable" || error.kind === "timeout";
}

const PASSING_CODES: ReadonlySet<string> = new Set([
  "BadDigest",
  "ConditionalRequestConflict",
  "OperationAborted",
  "XAmzContentSHA256Mismatch",
]);

/** Reads an answer that is no success; `act` begins with a verb, `nowMs` is this host's time. */
export async function readError(
  act: string,
  answer: HttpAnswer,
  { nowMs, hide }: { nowMs: number; hide: (text: string) => string },
): Promise<S3Error> {
  const { status, headers } = answer;
  const element = errorIn(await answer.text());
  const region = headers.get("x-amz-bucket-region") ?? element?.textOf("Region");
  const code = shown(element?.textOf("Code")) || "without a code";
  const date = dateIn(headers);
  const text = shown(hide(element?.textOf("Message") ?? ""));
  const location = URL.parse(headers.get("location") ?? "")?.origin;
  const hint = hintOf({ status, code, region, location, date, nowMs });
  return new S3Error(act, { status, code, text: `${text}${hint}`, region, date });
}

/** What a server answered in the place of a result: an error with a status that promised none. */
export function lateError(act: string, element: XmlElement): S3Error {
  const code = shown(element.textOf("Code")) || "without a code";
  const text = shown(element.textOf("Message"));
  return new S3Error(act, { status: 500, code, text, region: undefined, date: undefined });
}

function hintOf({ status, code, region, location, date, nowMs }: {
  status: number;
  code: string;
  region: string | undefined;
  location: string | undefined;
  date: Date | undefined;
  nowMs: number;
}): string {
  if (code === "RequestTimeTooSkewed" && date !== undefined) {
    const seconds = Math.round((nowMs - date.getTime()) / 1000);
    return ` (the clock of this host is ${Math.abs(seconds)} s ${
      seconds < 0 ? "behind" : "ahead of"
    } the server's)`;
  }
  if (region === undefined || ![301, 307, 400].includes(status)) {
    return location === undefined ? "" : ` (it points to ${shown(location)})`;
  }
  return ` (the bucket is in region ${
    shown(region)
  }: s3.endpoint.region and s3.endpoint have to fit it)`;
}

/** The error element of a document, or undefined if it is something else. */
export function errorIn(text: string): XmlElement | undefined {
  try {
    const root = parseXml(text);
    return root.name === "Error" ? root : undefined;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return undefined;
  }
}

function dateIn(headers: Headers): Date | undefined {
  const date = new Date(headers.get("date") ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

// What a server says may be long, and may have line ends that would begin a new line of a log.
function shown(text: string | undefined): string {
  // deno-lint-ignore no-control-regex
  return (text ?? "").replace(/[\u0000-\u001f\u007f]+/g, " ").trim().slice(0, MAX_SHOWN);
}
