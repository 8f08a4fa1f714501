import type { operations } from "../../src/zookeeper/wire/operations.ts";

export type OperationName = keyof typeof operations;

/** What one client asks for. */
export interface Request {
  readonly name: OperationName;
  readonly body: unknown;
}

/** Paths whose watches a client sets again after a reconnect. */
export interface WatchLists {
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly persistentRecursive: readonly string[];
}

/**
 * How a client comes back:
 * - `lost`: its old connection is closed.
 * - `taken`: its old connection is open, and has to hear of its end.
 * - `guessed`: it gives a wrong password first.
 * - `ahead`: it says first that it has seen what no server has.
 */
export type ReconnectManner = "lost" | "taken" | "guessed" | "ahead";

/**
 * One step of a program; both servers get the same.
 * - `ask`: requests of one client, sent at once.
 * - `authenticate`: a client says who it is.
 * - `reconnect`: its connection ends, and its session goes on over another, with watches set again for
 *   what has changed since so many transactions ago.
 * - `leave`: it closes its session and opens another.
 * - `expire`: a further client makes ephemeral nodes, vanishes, is waited for until its session is over,
 *   and comes back in vain.
 * - `restart`: the server ends, starts again on its data, and all clients take up their sessions.
 */
export type Step =
  | { readonly kind: "ask"; readonly client: number; readonly requests: readonly Request[] }
  | { readonly kind: "authenticate"; readonly client: number; readonly credentials: string }
  | {
    readonly kind: "reconnect";
    readonly client: number;
    readonly manner: ReconnectManner;
    readonly transactionsAgo: number;
    /** The older one leaves out persistent watches. */
    readonly operation: "setWatches" | "setWatches2";
    readonly watches: WatchLists;
  }
  | { readonly kind: "leave"; readonly client: number }
  | { readonly kind: "expire"; readonly paths: readonly string[] }
  | { readonly kind: "restart" };
