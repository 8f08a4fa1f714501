/** A call to the state, as far as it is checked before anything is done. */
export interface StateCall {
  /** The leadership the caller believes in; `current` is whichever there is. */
  leaderSessionId: string;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** One version of an entry. */
export interface StateVersion {
  version: bigint;
  length: number;
  /** 64 hexadecimal digits. */
  sha256: string;
  epoch: bigint;
  writtenAt: string;
}

export interface StateEntry extends StateVersion {
  name: string;
}

export interface StateListing {
  entries: StateEntry[];
  broken: { name: string; problem: string }[];
}

/** What a write expects to find: this version, no entry, any entry; left out: anything. */
export type StateExpectation = { version: bigint } | "absent" | "present";

/** What a collection of garbage did, or would do. */
export interface StateCollection {
  removed: { name: string; length: number }[];
  waiting: { name: string; length: number }[];
  finishedDeletions: string[];
}

type Content = AsyncIterable<Uint8Array>;

/** The functions that answer the state API; each throws a StateCallError if it cannot. */
export interface StateCalls {
  list(call: StateCall): Promise<StateListing>;
  /** An entry, of which no content is read. */
  describe(name: string, call: StateCall & { version?: bigint }): Promise<StateEntry>;
  /** The content throws in the place of its last piece if it proves broken. */
  get(
    name: string,
    call: StateCall & { version?: bigint },
  ): Promise<{ entry: StateEntry; content: Content }>;
  history(name: string, call: StateCall): Promise<StateVersion[]>;
  /** The entry now, and each change; undefined while there is none. */
  follow(name: string, call: StateCall): AsyncIterable<StateEntry | undefined>;
  put(
    name: string,
    content: Content,
    call: StateCall & { expect?: StateExpectation },
  ): Promise<{ entry: StateEntry; isNew: boolean }>;
  delete(name: string, call: StateCall & { expect?: StateExpectation }): Promise<void>;
  /** Without `graceMs` the configured grace counts. */
  collect(call: StateCall & { graceMs?: number; isDryRun: boolean }): Promise<StateCollection>;
}

export type StateFailureKind =
  | "invalid-name"
  | "not-found"
  | "version-mismatch"
  | "not-leading"
  | "unknown-outcome"
  | "broken"
  | "too-large"
  | "wrong-storage"
  | "storage"
  | "unavailable";

/** Where the leader is, for a caller that asked another. */
export interface LeaderPlace {
  address: string;
  /** Null if the leader is not masterd. */
  rpcUrl: string | null;
  leaderSessionId: string;
}

export interface StateFailureDetails {
  /** With `version-mismatch`: the version there is; null if there is no entry. */
  version?: bigint | null;
  /** With `not-leading`: null while none is known. */
  leader?: LeaderPlace | null;
  /** With `storage`: what is wrong with it. */
  reason?: string;
  cause?: unknown;
}

/** A call to the state that was not done, or of which nobody knows. */
export class StateCallError extends Error {
  override readonly name = "StateCallError";
  readonly kind: StateFailureKind;
  readonly details: StateFailureDetails;

  constructor(kind: StateFailureKind, message: string, details: StateFailureDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.details = details;
  }
}
