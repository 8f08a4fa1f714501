import { createHash, createHmac } from "node:crypto";

/** A request as it arrived. */
export interface SignedRequest {
  method: string;
  /** Path and query, still percent-encoded. */
  url: URL;
  headers: Headers;
}

/** What is wrong with the signature of a request. */
export type SignatureFault = { code: string; message: string };

/** Known keys: the secret, and the session token that has to come with it, by access key. */
export type KnownKeys = ReadonlyMap<string, { secretKey: string; sessionToken?: string }>;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 15 * 60_000;

/**
 * Verifies the signature of a request as Amazon's "Authenticating Requests: Using the Authorization Header
 * (AWS Signature Version 4)" has it, with nothing of the client's code.
 */
export function signatureFault(
  { method, url, headers }: SignedRequest,
  { keys, region, now }: { keys: KnownKeys; region: string; now: number },
): SignatureFault | undefined {
  const match = AUTHORIZATION.exec(headers.get("authorization") ?? "");
  if (match === null) return { code: "AccessDenied", message: "No signature" };
  const [, accessKey = "", day = "", scope = "", signedHeaders = "", signature = ""] = match;
  const known = keys.get(accessKey);
  if (known === undefined) return { code: "InvalidAccessKeyId", message: "Unknown access key" };
  if (known.sessionToken !== (headers.get("x-amz-security-token") ?? undefined)) {
    return {
      code: "InvalidToken",
      message: "The provided token is malformed or otherwise invalid.",
    };
  }
  if (scope !== region) {
    const message =
      `The authorization header is malformed; the region '${scope}' is wrong; expecting '${region}'`;
    return { code: "AuthorizationHeaderMalformed", message };
  }
  const date = headers.get("x-amz-date") ?? "";
  if (!date.startsWith(day) || Math.abs(parseDate(date) - now) > MAX_SKEW_MS) {
    const message = "The difference between the request time and the current time is too large.";
    return { code: "RequestTimeTooSkewed", message };
  }
  const names = signedHeaders.split(";");
  const unsigned = [...headers.keys()].filter((name) =>
    (name === "host" || name === "content-md5" || name.startsWith("x-amz-")) &&
    !names.includes(name)
  );
  if (unsigned.length > 0) {
    return { code: "AccessDenied", message: `Headers are not signed: ${unsigned.join(", ")}` };
  }
  const expected = signatureOf({ method, url, headers }, {
    secretKey: known.secretKey,
    day,
    date,
    region,
    names,
  });
  if (signature === expected) return undefined;
  return { code: "SignatureDoesNotMatch", message: "The signature is not the one calculated" };
}

function signatureOf(
  { method, url, headers }: SignedRequest,
  { secretKey, day, date, region, names }: {
    secretKey: string;
    day: string;
    date: string;
    region: string;
    names: string[];
  },
): string {
  const canonical = [
    method,
    url.pathname.split("/").map((part) => canonicalText(part)).join("/"),
    canonicalQuery(url.search.slice(1)),
    ...names.map((name) => `${name}:${(headers.get(name) ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    headers.get("x-amz-content-sha256") ?? "",
  ].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", date, `${day}/${region}/s3/aws4_request`, digest].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Uint8Array>(
    (previous, part) => createHmac("sha256", previous).update(part).digest(),
    `AWS4${secretKey}`,
  );
  return createHmac("sha256", key).update(text).digest("hex");
}

function canonicalQuery(search: string): string {
  if (search === "") return "";
  return search.split("&").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return `${canonicalText(name)}=${canonicalText(value)}`;
  }).sort().join("&");
}

/** Text that was percent-encoded in any way, in the one way that is signed. */
function canonicalText(encoded: string): string {
  const bytes = new TextEncoder().encode(decodeURIComponent(encoded));
  return Array.from(bytes, (byte) => {
    const sign = String.fromCharCode(byte);
    if (/[A-Za-z0-9._~-]/.test(sign)) return sign;
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function parseDate(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
