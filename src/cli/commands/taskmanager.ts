import { runTaskmanager } from "../../daemon/taskmanager.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { runDaemon } from "./daemon.ts";

/** Runs a worker until it is told to stop. */
export function taskmanager(options: Options, context: CommandContext): Promise<number> {
  return runDaemon("taskmanager", options, context, (daemon) => {
    const hostname = Deno.hostname();
    return (signal) => runTaskmanager({ ...daemon, hostname }, signal);
  });
}
