import { releaseSession } from "../../daemon/release_session.ts";
import { createLogger } from "../../log/logger.ts";
import { runGuard } from "../../workload/guard.ts";
import { LineWriter } from "../../workload/line_writer.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";

// The service manager sends them to all processes of a unit at once. The daemon orders the stop: a
// guard that went before its command could not end it.
const IGNORED_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const RELEASE_LIMIT_MS = 30_000;

/** Guards one command for the daemon that started this process, until that tells it to or dies. */
export async function guard(options: Options): Promise<number> {
  for (const name of IGNORED_SIGNALS) Deno.addSignalListener(name, () => {});
  const errors = new LineWriter(Deno.stderr);
  const logger = createLogger("guard", { write: (line) => errors.write(line) });
  const sessionFile = options.text("session-file");
  await runGuard({
    input: Deno.stdin.readable,
    output: new LineWriter(Deno.stdout),
    logger,
    afterDaemonDeath: async () => {
      if (sessionFile === undefined) return;
      const signal = AbortSignal.timeout(RELEASE_LIMIT_MS);
      await releaseSession(sessionFile, { logger, signal });
    },
  });
  await errors.flushed();
  return EXIT_OK;
}
