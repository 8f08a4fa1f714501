import type { HostPort } from "./host_port.ts";

/** How the storage directory is reached; only what its scheme needs counts. */
export interface StorageConfiguration {
  /** How long nothing may move. */
  readonly timeoutMs: number;
  readonly s3: {
    /** `http://host:port`; absent: Amazon's own. */
    readonly endpoint?: string;
    readonly region?: string;
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly sessionToken?: string;
    /** The bucket is the first part of the path, not of the host name. */
    readonly pathStyle: boolean;
  };
  readonly hdfs: {
    /** HTTP addresses; none: those of Hadoop's own configuration. */
    readonly nameNodes: readonly HostPort[];
    readonly confDir?: string;
    readonly user?: string;
    readonly delegationTokenFile?: string;
  };
}

/** What is kept of the state, and what a leader does for it. */
export interface StateConfiguration {
  /** Versions that are kept of each entry, the newest included. */
  readonly history: number;
  /** Entries without which no master leads. */
  readonly required: readonly string[];
  /** Of one content. */
  readonly maxBytes: number;
  /** How long what nothing leads to is left alone. */
  readonly collectGraceMs: number;
  readonly recoverTimeoutMs: number;
}
