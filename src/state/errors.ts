/** Why a state operation did not do what was asked. */
export type StateErrorKind =
  /** The name breaks the rule for names. */
  | "invalid-name"
  /** There is no such entry, or no such version of it. */
  | "not-found"
  /** The entry has another version than the caller expects. */
  | "version-mismatch"
  /** This master does not lead, or ceased to before the write took effect: it surely did nothing. */
  | "not-leading"
  /** The connection or session ended under the write: whether it took effect is not known. */
  | "unknown-outcome"
  /** The pointer cannot be used, or its blob is missing or differs from its checksum. */
  | "broken"
  /** The content is longer than allowed. */
  | "too-large"
  /** The configured storage directory is not the one that holds this cluster's state. */
  | "wrong-storage"
  /** The storage could not do its part; the cause is a StorageError. Old values stay as they were. */
  | "storage"
  /** ZooKeeper cannot be asked at the moment. */
  | "unavailable";

/** A state operation that did not do what was asked; the message is for operators. */
export class StateError extends Error {
  override readonly name = "StateError";
  readonly kind: StateErrorKind;
  /** With `version-mismatch`: the version there is; undefined if there is no entry. */
  readonly version: bigint | undefined;

  constructor(
    kind: StateErrorKind,
    message: string,
    options: { cause?: unknown; version?: bigint } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.version = options.version;
  }
}

/** True for a StateError of one of these kinds. */
export function isStateError(error: unknown, ...kinds: StateErrorKind[]): error is StateError {
  return error instanceof StateError && kinds.includes(error.kind);
}
