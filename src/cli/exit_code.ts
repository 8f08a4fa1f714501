import { ConfigError } from "../config/config_error.ts";
import { StartError } from "../daemon/start_error.ts";
import { TokenError } from "../daemon/token_error.ts";
import { CorruptDataError, DataFolderError, StorageFailedError } from "../quorum/storage/errors.ts";
import { StateError } from "../state/errors.ts";
import { StorageError } from "../storage/errors.ts";
import { LocalFileError } from "./local_file_error.ts";
import { TimeIsUpError } from "./time_is_up_error.ts";
import { UsageError } from "./usage_error.ts";

export const EXIT_OK = 0;
/** A daemon could not start, or what was asked for is not there. */
export const EXIT_FAILED = 1;
export const EXIT_UNEXPECTED = 2;
/** EX_USAGE of sysexits.h. */
export const EXIT_USAGE = 64;
/** EX_DATAERR of sysexits.h: a session file that cannot be trusted or understood, or damaged data. */
export const EXIT_UNUSABLE_FILE = 65;
/** EX_UNAVAILABLE of sysexits.h: ZooKeeper, the storage or the leader does not answer. */
export const EXIT_UNREACHABLE = 69;
/** EX_OSERR of sysexits.h: processes that cannot be killed. */
export const EXIT_PROCESSES_LEFT = 71;
/** EX_IOERR of sysexits.h: the storage fails, is full, or cannot be written. */
export const EXIT_STORAGE_FAILED = 74;
/** EX_TEMPFAIL of sysexits.h: the daemon of a session lives. */
export const EXIT_STILL_HELD = 75;
/** EX_TEMPFAIL of sysexits.h: a switchover that began, but after which another leads. */
export const EXIT_NOT_COMPLETED = 75;
/** EX_TEMPFAIL of sysexits.h: not done, or perhaps not done, for a reason that passes. */
export const EXIT_TRY_AGAIN = 75;
/** EX_NOPERM of sysexits.h: a token is missing or refused. */
export const EXIT_DENIED = 77;
/** EX_CONFIG of sysexits.h. */
export const EXIT_CONFIGURATION = 78;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE;
  if (error instanceof ConfigError) return EXIT_CONFIGURATION;
  if (error instanceof StartError || error instanceof LocalFileError) return EXIT_FAILED;
  if (error instanceof TimeIsUpError) return EXIT_TRY_AGAIN;
  if (error instanceof TokenError) return EXIT_DENIED;
  if (error instanceof StateError) return stateExitCode(error);
  if (error instanceof StorageError) return storageExitCode(error);
  if (error instanceof StorageFailedError) return EXIT_STORAGE_FAILED;
  if (error instanceof CorruptDataError) return EXIT_UNUSABLE_FILE;
  if (error instanceof DataFolderError) return EXIT_FAILED;
  return EXIT_UNEXPECTED;
}

function stateExitCode({ kind, cause }: StateError): number {
  switch (kind) {
    case "invalid-name":
      return EXIT_USAGE;
    case "not-found":
    case "version-mismatch":
    case "broken":
    case "too-large":
      return EXIT_FAILED;
    case "not-leading":
    case "unknown-outcome":
      return EXIT_TRY_AGAIN;
    case "wrong-storage":
      return EXIT_CONFIGURATION;
    case "storage":
      return cause instanceof StorageError ? storageExitCode(cause) : EXIT_STORAGE_FAILED;
    case "unavailable":
      return EXIT_UNREACHABLE;
  }
}

function storageExitCode({ kind }: StorageError): number {
  switch (kind) {
    case "unavailable":
    case "timeout":
      return EXIT_UNREACHABLE;
    case "misconfigured":
      return EXIT_CONFIGURATION;
    default:
      return EXIT_STORAGE_FAILED;
  }
}
