import { isIP } from "node:net";
import { StorageError } from "../errors.ts";
import type { S3Options, StorageLocation } from "../open.ts";

export const DEFAULT_REGION = "us-east-1";

/** Where the requests for a bucket go. */
export interface Addressing {
  readonly bucket: string;
  /** True: the server is Amazon's, whose addresses follow from the region. */
  readonly isAmazon: boolean;
  /** The URL of the bucket, or of an object in it, with a query. */
  url(region: string, options: { key?: string; query?: Readonly<Record<string, string>> }): URL;
}

/**
 * Reads bucket and endpoint. The bucket stands in the host name unless it has to stand in the path: as the
 * configuration says, or because no host name can be made of it (addresses, buckets with dots or capitals).
 * @throws {StorageError} `misconfigured`
 */
export function addressingOf(location: StorageLocation, options: S3Options): Addressing {
  const bucket = /^[a-z0-9]+:\/\/([^/?#@:]+)/i.exec(location.url)?.[1];
  if (bucket === undefined) {
    throw new StorageError("misconfigured", `${location.url} names no bucket`);
  }
  const { endpoint } = options;
  const isAmazon = endpoint === undefined;
  const given = isAmazon ? undefined : parseEndpoint(endpoint);
  return {
    bucket,
    isAmazon,
    url(region, { key, query = {} }) {
      const url = new URL(given ?? amazonEndpoint(region));
      const base = url.pathname.replace(/\/$/, "");
      const isPathStyle = options.pathStyle || !isHostLabel(bucket) ||
        hasNoSubdomains(url.hostname);
      if (!isPathStyle) url.hostname = `${bucket}.${url.hostname}`;
      const path = isPathStyle ? `${base}/${encode(bucket)}` : base;
      url.pathname = key === undefined ? path || "/" : `${path}/${encodePath(key)}`;
      url.search = Object.entries(query).map((pair) => pair.map(encode).join("=")).join("&");
      return url;
    },
  };
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.parse(/^[a-z]+:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.username === "" &&
    url.password === "" && url.search === "" && url.hash === "";
  // Not shown: it may hold a password.
  if (!isUsable) {
    throw new StorageError("misconfigured", "s3.endpoint is not a URL like http://host:9000");
  }
  return url;
}

function amazonEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function isHostLabel(bucket: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(bucket);
}

function hasNoSubdomains(hostname: string): boolean {
  return hostname === "localhost" || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}

/** Percent-encodes what RFC 3986 does not leave as it is: so it travels, and so it is signed. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodePath(path: string): string {
  return path.split("/").map(encode).join("/");
}
