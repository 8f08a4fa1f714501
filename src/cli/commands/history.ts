import { ConfigError } from "../../config/config_error.ts";
import type { Configuration, LoadedConfiguration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import { withLimit } from "../../async/abortable.ts";
import type { PastLeadership } from "../../election/history.ts";
import { readNewestHistory } from "../../election/history_node.ts";
import { electionLayout } from "../../election/layout.ts";
import { StateError } from "../../state/errors.ts";
import { asStateError } from "../../state/failure.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { table, titlesIn } from "../state/table.ts";
import { type Style, styleFor } from "../style.ts";
import { openZooKeeper } from "../zookeeper_session.ts";

const READ_LIMIT_MS = 10_000;

/** Prints the last leaderships, newest first, from ZooKeeper itself. */
export async function history(options: Options, context: CommandContext): Promise<number> {
  const configuration = electedOnly(await loadFor(options, context));
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    const leaderships = await read(configuration, signal);
    if (options.flag("json")) context.print(JSON.stringify(leaderships.map(publicPart)));
    else if (leaderships.length === 0) context.printError("masterd: nobody has led yet");
    else context.print(historyTable(leaderships, styleFor(context)));
    return EXIT_OK;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

function electedOnly({ configuration, places }: LoadedConfiguration): Configuration {
  if (configuration.highAvailability.mode.kind === "zookeeper") return configuration;
  const key = "high-availability";
  const message = "must be zookeeper: without it there is no history of leaderships";
  throw new ConfigError([{ ...places.get(key), key, message }]);
}

async function read(
  { zookeeper }: Configuration,
  signal: AbortSignal,
): Promise<readonly PastLeadership[]> {
  await using zk = await openZooKeeper(zookeeper, { signal });
  const { history: path } = electionLayout(zookeeper.namespace);
  const look = (signal: AbortSignal) => readNewestHistory(zk, path, { signal });
  const limit = { act: "Reading the history", timeoutMs: READ_LIMIT_MS, signal };
  return await asStateError("read the history", () => withLimit(look, limit)).catch((cause) => {
    signal.throwIfAborted();
    if (!(cause instanceof DOMException)) throw cause;
    throw new StateError("unavailable", "ZooKeeper has not answered in time", { cause });
  });
}

/** A line per leadership. */
export function historyTable(leaderships: readonly PastLeadership[], style: Style): string {
  const rows = leaderships.map(({ host, port, epoch, publishedAt, endedAt, gapMs, cause }) => [
    formatHostPort({ host, port }),
    epoch,
    publishedAt,
    endedAt ?? "-",
    gapMs === null ? "-" : `${Math.round(gapMs)} ms`,
    cause,
  ]);
  const titles = ["LED BY", "EPOCH", "FROM", "UNTIL", "GAP BEFORE", "CAUSE"];
  return table(titles, rows, titlesIn(style));
}

function publicPart(leadership: PastLeadership) {
  const { epoch, host, port, publishedAt, endedAt, gapMs, cause } = leadership;
  return { epoch, host, port, publishedAt, endedAt, gapMs, cause };
}
