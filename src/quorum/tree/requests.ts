import type { Id } from "../../zookeeper/wire/records.ts";
import type { Transaction } from "./transaction.ts";
import type { WatchEvent } from "./watches.ts";

/** An operation's code, and its record as the request codec of `operations.ts` reads it. */
export interface Request {
  readonly operation: number;
  readonly body: unknown;
}

/** In whose name a request is: the session and the identities that the connection has shown. */
export interface Author {
  readonly sessionId: bigint;
  readonly identities: readonly Id[];
}

/** An error code of ZooKeeper; with 0 the record as the response codec of `operations.ts` writes it. */
export interface Reply {
  readonly error: number;
  readonly body?: unknown;
}

/** The reply to a read, and what `setWatches` found to have happened meanwhile: told before the reply. */
export interface ReadResult extends Reply {
  readonly events: readonly WatchEvent[];
}

/** What a write came to: a failed one is a transaction, too, as its client sees the zxid. */
export interface WriteResult {
  readonly transaction: Transaction;
  readonly reply: Reply;
  readonly events: readonly WatchEvent[];
}
