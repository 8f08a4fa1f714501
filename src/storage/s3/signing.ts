import { AwsV4Signer } from "aws4fetch";
import type { Credentials } from "./credentials.ts";

/** SHA-256 of no bytes. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** What is signed: every header, and the checksum of the body. */
export interface Unsigned {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** 64 hexadecimal digits; of no bytes if left out. */
  sha256?: string;
}

/** The headers to send for a request that is signed by version 4 of Amazon's signature. */
export async function sign(
  { method, url, headers, sha256 = EMPTY_SHA256 }: Unsigned,
  credentials: Credentials,
  { region, at, keys }: { region: string; at: Date; keys: Map<string, ArrayBuffer> },
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers, "x-amz-content-sha256": sha256 },
    accessKeyId: credentials.accessKey,
    secretAccessKey: credentials.secretKey,
    sessionToken: credentials.sessionToken,
    service: "s3",
    region,
    cache: keys,
    datetime: at.toISOString().replace(/[:-]|\.\d{3}/g, ""),
    allHeaders: true,
  });
  return Object.fromEntries((await signer.sign()).headers);
}
