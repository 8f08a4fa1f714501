import { StorageError } from "../errors.ts";
import type { S3Options } from "../open.ts";

/** Who signs. */
export interface Credentials {
  accessKey: string;
  secretKey: string;
  sessionToken: string | undefined;
}

/** @throws {StorageError} `misconfigured`, naming what is missing and where it may stand */
export function credentialsOf({ accessKey, secretKey, sessionToken }: S3Options): Credentials {
  if (!accessKey) throw missing("s3.access-key", "AWS_ACCESS_KEY_ID");
  if (!secretKey) throw missing("s3.secret-key", "AWS_SECRET_ACCESS_KEY");
  return { accessKey, secretKey, sessionToken: sessionToken || undefined };
}

function missing(key: string, variable: string): StorageError {
  return new StorageError(
    "misconfigured",
    `No credentials for S3: ${key} is not set, nor is ${variable} in the environment`,
  );
}
