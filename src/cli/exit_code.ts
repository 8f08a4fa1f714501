import { ConfigError } from "../config/config_error.ts";
import { StartError } from "../daemon/start_error.ts";
import { UsageError } from "./usage_error.ts";

export const EXIT_OK = 0;
/** A daemon could not start, or what was asked for is not there. */
export const EXIT_FAILED = 1;
export const EXIT_UNEXPECTED = 2;
/** EX_USAGE of sysexits.h. */
export const EXIT_USAGE = 64;
/** EX_DATAERR of sysexits.h: a session file that cannot be trusted or understood. */
export const EXIT_UNUSABLE_FILE = 65;
/** EX_UNAVAILABLE of sysexits.h: ZooKeeper does not answer. */
export const EXIT_UNREACHABLE = 69;
/** EX_OSERR of sysexits.h: processes that cannot be killed. */
export const EXIT_PROCESSES_LEFT = 71;
/** EX_TEMPFAIL of sysexits.h: the daemon of a session lives. */
export const EXIT_STILL_HELD = 75;
/** EX_TEMPFAIL of sysexits.h: a switchover that began, but after which another leads. */
export const EXIT_NOT_COMPLETED = 75;
/** EX_CONFIG of sysexits.h. */
export const EXIT_CONFIGURATION = 78;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE;
  if (error instanceof ConfigError) return EXIT_CONFIGURATION;
  if (error instanceof StartError) return EXIT_FAILED;
  return EXIT_UNEXPECTED;
}
