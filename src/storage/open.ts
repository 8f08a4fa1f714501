import type { Logger } from "../log/logger.ts";
import type { Storage } from "./storage.ts";

/** Which folder to open. */
export interface StorageLocation {
  scheme: "file" | "hdfs" | "webhdfs" | "swebhdfs" | "s3";
  /** The whole URL, `hdfs://namenode:8020/flink/recovery`. */
  url: string;
  /** Its path, absolute, not percent-encoded, without a slash at the end. */
  path: string;
}

/** How to reach object stores that speak S3. */
export interface S3Options {
  /** `http://host:port` or `https://…`; Amazon's own for the region if left out. */
  endpoint?: string;
  region?: string;
  accessKey?: string;
  secretKey?: string;
  sessionToken?: string;
  /** True: the bucket is the first part of the path, not of the host name. */
  pathStyle: boolean;
}

/** How to reach name nodes. */
export interface HdfsOptions {
  /** HTTP addresses, `host:port`, tried in turn; those of Hadoop's configuration if empty. */
  nameNodes: readonly { host: string; port: number }[];
  /** The folder of core-site.xml and hdfs-site.xml. */
  confDir?: string;
  /** Who acts, where a cluster believes it (`user.name`). */
  user?: string;
  /** A file that holds a delegation token. */
  delegationTokenFile?: string;
}

export interface StorageOptions {
  /** How long nothing may move, in milliseconds, before an attempt counts as failed. */
  timeoutMs: number;
  s3: S3Options;
  hdfs: HdfsOptions;
  logger: Logger;
}

/**
 * Opens a storage. Nothing is written, no server is asked yet.
 * @throws {StorageError} `misconfigured`
 */
export async function openStorage(
  location: StorageLocation,
  options: StorageOptions,
): Promise<Storage> {
  switch (location.scheme) {
    case "file": {
      const { FileStorage } = await import("./file_storage.ts");
      return new FileStorage(location.path, options);
    }
    case "s3": {
      const { openS3Storage } = await import("./s3/s3_storage.ts");
      return openS3Storage(location, options);
    }
    default: {
      const { openHdfsStorage } = await import("./hdfs/hdfs_storage.ts");
      return await openHdfsStorage(location, options);
    }
  }
}
