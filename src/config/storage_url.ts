import { posix } from "node:path";
import { invalidValue } from "./config_error.ts";
import { formatHost, splitHostPort } from "./host_port.ts";

export type StorageScheme = "file" | "hdfs" | "webhdfs" | "swebhdfs" | "s3";

/** The folder that state is kept in. */
export interface StorageUrl {
  readonly scheme: StorageScheme;
  /** The whole in its normal form, `hdfs://namenode:8020/flink/recovery`. */
  readonly url: string;
  /** The path as it was written, not percent-encoded, absolute and without a slash at the end. */
  readonly path: string;
}

// Flink names two clients of the same object store by different schemes.
const SCHEMES: Readonly<Record<string, StorageScheme>> = {
  file: "file",
  hdfs: "hdfs",
  webhdfs: "webhdfs",
  swebhdfs: "swebhdfs",
  s3: "s3",
  s3a: "s3",
  s3p: "s3",
};

const EXAMPLE = "write for example /data/recovery, hdfs:///flink/recovery or s3://bucket/recovery";

/** Reads a storage directory: a URL, or a plain path, which counts from `baseDir` if relative. */
export function parseStorageUrl(text: string, options: { baseDir: string }): StorageUrl {
  const trimmed = text.trim();
  // deno-lint-ignore no-control-regex
  if (trimmed === "" || /[\u0000-\u001f\u007f]/.test(trimmed)) {
    throw invalidValue(text, `${JSON.stringify(text)} is not a storage directory; ${EXAMPLE}`);
  }
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/.exec(trimmed);
  if (match) return parseUrl(trimmed, match[1]!.toLowerCase(), match[2]!);
  if (trimmed.startsWith(":") || trimmed.includes("://")) {
    throw invalidValue(text, `${JSON.stringify(text)} is neither a URL nor a path; ${EXAMPLE}`);
  }
  return storageUrl("file", "", posix.resolve(options.baseDir, trimmed));
}

function parseUrl(text: string, schemeText: string, rest: string): StorageUrl {
  // Not repeated in messages: it may hold a password.
  if (holdsUser(schemeText, rest)) {
    throw invalidValue("******", `the URL names a user or password; ${EXAMPLE}`);
  }
  const scheme = Object.hasOwn(SCHEMES, schemeText) ? SCHEMES[schemeText] : undefined;
  if (scheme === undefined) {
    const known = Object.keys(SCHEMES).join(", ");
    throw invalidValue(
      text,
      `${JSON.stringify(text)} has the unknown scheme ${
        JSON.stringify(schemeText)
      }; schemes are ${known}`,
    );
  }
  const match = /^(?:\/\/([^/?#]*))?(\/[^?#]*)?$/.exec(rest);
  if (!match || rest === "") {
    throw invalidValue(text, `${JSON.stringify(text)} is not a storage URL; ${EXAMPLE}`);
  }
  const path = match[2] ?? "";
  if (path === "" && scheme !== "s3") {
    throw invalidValue(text, `${JSON.stringify(text)} has no path; write ${schemeText}:///path`);
  }
  return storageUrl(scheme, parseAuthority(text, scheme, match[1] ?? ""), path);
}

// Keys of S3, which older programs take from the URL, may hold slashes.
function holdsUser(schemeText: string, rest: string): boolean {
  return /^\/\/[^/?#]*@/.test(rest) ||
    schemeText.startsWith("s3") && /^\/\/[^/]*:.*@/.test(rest);
}

function parseAuthority(text: string, scheme: StorageScheme, authority: string): string {
  const quoted = JSON.stringify(text);
  switch (scheme) {
    case "file":
      if (authority === "" || authority === "localhost") return "";
      throw invalidValue(
        text,
        `${quoted} names the host ${authority}; a local path has three slashes: file:///path`,
      );
    case "s3":
      if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(authority)) return authority;
      throw invalidValue(text, `${quoted} has no valid bucket; write s3://bucket/path`);
    default: {
      // Without a name node the one of Hadoop's own configuration is meant.
      if (authority === "") return "";
      const { host, port } = splitHostPort(authority, { examplePort: 8020 });
      return port === undefined ? formatHost(host) : `${formatHost(host)}:${port}`;
    }
  }
}

function storageUrl(scheme: StorageScheme, authority: string, rawPath: string): StorageUrl {
  const normal = posix.normalize(`/${rawPath}`);
  const path = normal.length > 1 ? normal.replace(/\/$/, "") : normal;
  return { scheme, url: `${scheme}://${authority}${path}`, path };
}
