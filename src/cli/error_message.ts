import { TokenError } from "../daemon/token_error.ts";
import { describeError } from "../log/logger.ts";
import { StorageFailedError } from "../quorum/storage/errors.ts";
import { StateError } from "../state/errors.ts";
import { StorageError } from "../storage/errors.ts";
import { LocalFileError } from "./local_file_error.ts";

// Their messages tell the cause already.
const WHOLE = [StateError, StorageError, StorageFailedError, TokenError, LocalFileError];

/** What an operator reads of an error, in one line. */
export function errorMessage(error: unknown): string {
  const isWhole = WHOLE.some((kind) => error instanceof kind);
  return isWhole ? (error as Error).message : describeError(error);
}
