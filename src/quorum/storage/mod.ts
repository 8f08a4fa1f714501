/** What survives crashes: a log with group commit, snapshots, and the start from both. */
export type { LogRecord } from "./batch.ts";
export { CorruptDataError, DataFolderError, StorageFailedError } from "./errors.ts";
export { type SnapshotLimits, SnapshotPolicy } from "./snapshot_policy.ts";
export { type OpenStore, Store, type StoreOptions } from "./store.ts";
