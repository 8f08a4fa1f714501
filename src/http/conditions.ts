import { RequestError } from "./responses.ts";
import type { StateExpectation } from "./state_calls.ts";

/** The header value of a version. */
export function formatTag(version: bigint): string {
  return `"${version}"`;
}

/**
 * What `If-Match: "V"`, `If-Match: *` or `If-None-Match: *` of a write ask for; undefined without one.
 * @throws {RequestError} 400 for any other, which would be a write that was not meant
 */
export function readExpectation(headers: Headers): StateExpectation | undefined {
  const match = headers.get("if-match")?.trim();
  const noneMatch = headers.get("if-none-match")?.trim();
  if (match !== undefined && noneMatch !== undefined) {
    throw new RequestError(400, "If-Match and If-None-Match exclude each other");
  }
  if (noneMatch !== undefined) {
    if (noneMatch === "*") return "absent";
    throw new RequestError(400, "If-None-Match of a write must be *");
  }
  if (match === undefined) return undefined;
  if (match === "*") return "present";
  const digits = /^"(\d{1,19})"$/.exec(match)?.[1];
  if (digits !== undefined) return { version: BigInt(digits) };
  throw new RequestError(400, 'If-Match must be one version in quotes, "7", or *');
}

/** Whether a version is among those that `If-None-Match` names, so that its bytes need not be sent. */
export function isNamed(headers: Headers, version: bigint): boolean {
  const tags = headers.get("if-none-match")?.split(",").map((tag) => tag.trim()) ?? [];
  return tags.some((tag) => tag === "*" || tag.replace(/^W\//, "") === formatTag(version));
}
