/** What is wrong with a storage, as far as whoever uses it has a choice. */
export type StorageErrorKind =
  /** There is no such blob. */
  | "not-found"
  /** The name is taken already. */
  | "exists"
  /** No space, or a quota is used up. */
  | "full"
  | "read-only"
  /** Rights or credentials are missing. */
  | "denied"
  /** The folder or bucket of the URL is not there, or the configuration cannot be used. */
  | "misconfigured"
  /** No server could be reached, or none that was reached does its work. */
  | "unavailable"
  /** Nothing moved for the time limit. */
  | "timeout"
  /** The device or the server failed in another way. */
  | "failed";

/** What a storage could not do. The message names the act, the blob or URL, and the cause. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.kind = kind;
  }
}

/** True for a StorageError of one of these kinds. */
export function isStorageError(
  error: unknown,
  ...kinds: StorageErrorKind[]
): error is StorageError {
  return error instanceof StorageError && kinds.includes(error.kind);
}
