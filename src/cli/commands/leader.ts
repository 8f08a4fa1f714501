import { delay } from "../../async/delay.ts";
import type { Configuration } from "../../config/configuration.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import type {
  ConnectionState,
  HighAvailabilityServices,
} from "../../daemon/high_availability/services.ts";
import { StartError } from "../../daemon/start_error.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { call } from "../../http/call.ts";
import { createLogger } from "../../log/logger.ts";
import { loadFor } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { UsageError } from "../usage_error.ts";

// Enough to reach ZooKeeper and read one node, where nobody asked for more.
const LEAST_WAIT_MS = 3000;
const PROBE_PAUSE_MS = 100;

/** Prints who leads. */
export async function leader(options: Options, context: CommandContext): Promise<number> {
  const waitMs = Math.max(waitOf(options), LEAST_WAIT_MS);
  const { configuration } = await loadFor(options, context);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), waitMs);
  try {
    const information = await findLeader(configuration, limit.signal);
    context.print(options.flag("json") ? toJson(information) : information.address);
    return EXIT_OK;
  } finally {
    clearTimeout(timer);
  }
}

function waitOf(options: Options): number {
  const text = options.text("wait") ?? "0";
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(`--wait ${text} is not a number of seconds from 0 to 86400`);
}

async function findLeader(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<LeaderInformation> {
  const logger = createLogger("leader", { level: "error" });
  await using services = await openHighAvailabilityServices(configuration, { logger, signal });
  const isStandalone = configuration.highAvailability.mode.kind === "none";
  try {
    for await (const information of services.followLeader({ signal })) {
      if (information === undefined) continue;
      if (isStandalone) await untilLeading(information, signal);
      return information;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw new StartError(noLeader(services));
}

// Without high availability the address is only what the configuration says: someone may be there.
async function untilLeading({ address }: LeaderInformation, signal: AbortSignal): Promise<void> {
  while (true) {
    const answer = await call(`${address}/leader`, { method: "GET", signal }).catch(() =>
      undefined
    );
    if (answer?.status === 200) return;
    await delay(PROBE_PAUSE_MS, { signal });
  }
}

function noLeader({ connection }: HighAvailabilityServices): string {
  const state: ConnectionState = connection.value;
  switch (state.kind) {
    case "none":
    case "connected":
      return "No leader is known";
    default:
      return `No leader is known: the connection to ZooKeeper is ${state.kind}` +
        (state.lastError === undefined ? "" : ` (${state.lastError})`);
  }
}

function toJson({ address, leaderSessionId, details }: LeaderInformation): string {
  return JSON.stringify({
    address,
    leaderSessionId,
    epoch: details ? String(details.epoch) : null,
    host: details?.host,
    webuiPort: details?.webuiPort,
    rpcPort: details?.rpcPort,
    version: details?.version,
  });
}
