import { type ErrorName, errorName } from "./wire/constants.ts";

/**
 * Why an operation failed: ZooKeeper's own names, and those that arise on this side.
 * `ConnectionLoss` on a write means that its outcome is unknown: settle it by reading.
 */
export type ZkErrorCode =
  | ErrorName
  | "SessionClosed"
  | "RequestTooLarge"
  | "ResponseTooLarge"
  | `Unknown(${number})`;

/** An operation that did not succeed. */
export class ZkError extends Error {
  /** "ZkError", or the name of a class that tells more. */
  override readonly name: string = "ZkError";
  /** What went wrong. */
  readonly code: ZkErrorCode;
  /** What was tried, by the protocol's name for it. */
  readonly operation: string;
  /** Where it was tried, if the operation has a path. */
  readonly path: string | undefined;

  /** An error of an operation; `detail` goes into the message. */
  constructor(
    code: ZkErrorCode,
    what: { operation: string; path?: string; detail?: string; cause?: unknown },
  ) {
    const { operation, path, detail, cause } = what;
    const object = path === undefined ? operation : `${operation} ${path}`;
    super(`Cannot ${object}: ${code}${detail === undefined ? "" : ` (${detail})`}`, { cause });
    this.code = code;
    this.operation = operation;
    this.path = path;
  }
}

/** True for a ZkError with one of these codes. */
export function isZkError(error: unknown, ...codes: ZkErrorCode[]): error is ZkError {
  return error instanceof ZkError && codes.includes(error.code);
}

/** The name for a code that a server sent; a newer server's unknown code is no reason to fail. */
export function toErrorCode(code: number): ZkErrorCode {
  return errorName(code) ?? `Unknown(${code})`;
}

/** A text that cannot be a path of ZooKeeper or a list of its servers. */
export class InvalidArgumentError extends Error {
  /** The name of this class. */
  override readonly name = "InvalidArgumentError";
}
