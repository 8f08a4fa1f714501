import { resolve } from "node:path";
import { type ReleaseOutcome, releaseSession } from "../../daemon/release_session.ts";
import { createLogger, describeError } from "../../log/logger.ts";
import type { CommandContext } from "../command_context.ts";
import {
  EXIT_OK,
  EXIT_PROCESSES_LEFT,
  EXIT_STILL_HELD,
  EXIT_UNREACHABLE,
  EXIT_UNUSABLE_FILE,
} from "../exit_code.ts";
import type { Options } from "../options.ts";
import { UsageError } from "../usage_error.ts";

/** Ends the session of a dead daemon, and says in one line what became of it. */
export async function release(options: Options, context: CommandContext): Promise<number> {
  const file = options.text("session-file");
  if (file === undefined) throw new UsageError("--session-file FILE is missing");
  const outcome = await releaseSession(resolve(context.workingDirectory, file), {
    logger: createLogger("release"),
    signal: new AbortController().signal,
  });
  const message = messageOf(outcome);
  const json = () => JSON.stringify({ outcome: outcome.kind, message });
  context.print(options.flag("json") ? json() : `${outcome.kind}: ${message}`);
  return exitCodeOf(outcome);
}

function messageOf(outcome: ReleaseOutcome): string {
  switch (outcome.kind) {
    case "released":
      return "the session is closed";
    case "already-over":
      return "the session was over, or never began";
    case "no-file":
      return "there is no session file: its daemon ended in order, or was released before";
    case "still-held":
      return "the daemon lives and holds the session file: nothing was done";
    case "processes-left":
      return `the session is not closed, for its command may run: ${outcome.reason}`;
    case "unreachable":
      return `the session will expire by itself: ${describeError(outcome.error)}`;
    case "unusable":
      return `the session file cannot be used: ${outcome.reason}`;
  }
}

function exitCodeOf(outcome: ReleaseOutcome): number {
  switch (outcome.kind) {
    case "released":
    case "already-over":
    case "no-file":
      return EXIT_OK;
    case "still-held":
      return EXIT_STILL_HELD;
    case "processes-left":
      return EXIT_PROCESSES_LEFT;
    case "unreachable":
      return EXIT_UNREACHABLE;
    case "unusable":
      return EXIT_UNUSABLE_FILE;
  }
}
