import { StorageError } from "./errors.ts";

const SEGMENT = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,254}$/;

/** The rule for names of blobs, as messages state it. */
export const BLOB_NAME_RULE =
  "one segment, or a folder and a segment, of 1 to 255 letters, digits and . _ ~ - without a dot first";

/** True for one part of a name: of a blob in its folder, or of a folder. */
export function isNameSegment(segment: string): boolean {
  return SEGMENT.test(segment);
}

/**
 * The parts of a blob's name: its folder, if it has one, and its name therein.
 * @throws {StorageError} `misconfigured` if the name breaks the rule
 */
export function parseBlobName(name: string): { folder: string | undefined; segment: string } {
  const segments = name.split("/");
  if (segments.length > 2 || !segments.every(isNameSegment)) {
    throw new StorageError(
      "misconfigured",
      `${JSON.stringify(name.slice(0, 300))} is no name of a blob: ${BLOB_NAME_RULE}`,
    );
  }
  return { folder: segments.length === 2 ? segments[0] : undefined, segment: segments.at(-1)! };
}

/** @throws {StorageError} `misconfigured` if the name of a folder breaks the rule */
export function checkFolderName(folder: string): void {
  if (isNameSegment(folder)) return;
  throw new StorageError(
    "misconfigured",
    `${JSON.stringify(folder.slice(0, 300))} is no name of a folder: ${BLOB_NAME_RULE}`,
  );
}
