/** What one server is told. */
export interface ServerSettings {
  /** What clients that ask are told of it, in the form of ZooKeeper: `3.8.0-…`. */
  readonly version: string;
  /** Where clients connect; without a host on all addresses. */
  readonly listen: { readonly host?: string; readonly port: number };
  /** Sessions expire at the edges of ticks, in milliseconds. */
  readonly tickTimeMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** The longest frame that a client may send (jute.maxbuffer). */
  readonly maxFrameBytes: number;
  /** Connections from one address; 0 for any number. */
  readonly maxConnectionsPerAddress: number;
  /** Connections in all; 0 for any number. */
  readonly maxConnections: number;
  /** Replies waiting for the disk from which on clients that wait for some are not read any further. */
  readonly maxOutstanding: number;
  /** The four letter words that are answered. */
  readonly allowedWords: ReadonlySet<string>;
  /** A snapshot is taken behind about so many transactions (snapCount). */
  readonly snapshotTransactions: number;
  /** About how many bytes of memory the nodes may take, with their data and ACLs. */
  readonly maxTreeWeight: number;
  /** How often containers and nodes with a time to live are looked through. */
  readonly sweepIntervalMs: number;
  /** How many of them are deleted per minute at most. */
  readonly sweptPerMinute: number;
  /** `user:base64(sha1(user:password))` of who may do everything. */
  readonly superDigest?: string;
  /** Whether nodes may have a time to live. */
  readonly areTtlNodesAllowed: boolean;
}

// The binary has a heap of 1,000 MB (tools/build.sh). A tree that outgrows it would end the server, and each
// of its further starts, so that nobody could even delete what is too much.
const MAX_TREE_WEIGHT = 750_000_000;

/** The defaults of ZooKeeper 3.8, for all that has one. */
export const DEFAULT_SETTINGS = {
  maxTreeWeight: MAX_TREE_WEIGHT,
  maxFrameBytes: 0xfffff,
  maxConnectionsPerAddress: 60,
  maxConnections: 0,
  maxOutstanding: 1000,
  allowedWords: new Set(["srvr"]),
  snapshotTransactions: 100_000,
  sweepIntervalMs: 60_000,
  sweptPerMinute: 10_000,
  areTtlNodesAllowed: false,
} as const;
