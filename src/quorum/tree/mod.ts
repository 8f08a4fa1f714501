/** The heart of the server, without I/O, clock and timer: nodes, sessions, transactions, watches. */
export { Database } from "./database.ts";
export type { Author, ReadResult, Reply, Request, WriteResult } from "./requests.ts";
export type { Session } from "./sessions.ts";
export { type Change, type Transaction, transactionCodec } from "./transaction.ts";
export type { WatchCounts, Watcher, WatchEvent } from "./watches.ts";
