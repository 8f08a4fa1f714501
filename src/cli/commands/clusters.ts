import { untilAnswered, type ZooKeeper } from "zookeeper";
import { AnySignal } from "../../async/any_signal.ts";
import { ConfigError } from "../../config/config_error.ts";
import type {
  Configuration,
  LoadedConfiguration,
  ZooKeeperConfiguration,
} from "../../config/configuration.ts";
import { type ClusterListing, findClusters } from "../../election/clusters.ts";
import { asStateError } from "../../state/failure.ts";
import { stateLayout } from "../../state/layout.ts";
import { clusterId, listingJson, listingTable } from "../clusters/listing_text.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { printable } from "../state/text.ts";
import { styleFor } from "../style.ts";
import { TimeIsUpError } from "../time_is_up_error.ts";
import { openZooKeeper } from "../zookeeper_session.ts";

const MAX_TIMEOUT_SECONDS = 86_400;
const DEFAULT_TIMEOUT_MS = 30_000;

/** Lists what lies under the root in ZooKeeper. */
export async function clusters(options: Options, context: CommandContext): Promise<number> {
  const maxSeconds = MAX_TIMEOUT_SECONDS;
  const timeoutMs = options.durationMs("timeout", { maxSeconds }) ?? DEFAULT_TIMEOUT_MS;
  const { zookeeper } = configurationOf(await loadFor(options, context));
  using interruption = new Interruption();
  try {
    const listing = await list(zookeeper, { timeoutMs, signal: interruption.signal });
    if (options.flag("json")) context.print(listingJson(listing, zookeeper));
    else printListing(listing, zookeeper, context);
    return EXIT_OK;
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}`);
    return interruption.exitCode;
  }
}

function configurationOf({ configuration, places }: LoadedConfiguration): Configuration {
  if (configuration.highAvailability.mode.kind === "zookeeper") return configuration;
  const key = "high-availability";
  const message = "must be zookeeper: without it no cluster is in ZooKeeper";
  throw new ConfigError([{ ...places.get(key), key, message }]);
}

async function list(
  zookeeper: ZooKeeperConfiguration,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ClusterListing> {
  const limit = new AbortController();
  const late = new TimeIsUpError(`Not done within ${timeoutMs / 1000} s`);
  const timer = setTimeout(() => limit.abort(late), timeoutMs);
  using either = new AnySignal([signal, limit.signal]);
  try {
    await using zk = await openZooKeeper(zookeeper, { limitMs: timeoutMs, signal });
    return await readListing(zk, { root: zookeeper.root, signal: either.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function readListing(
  zk: ZooKeeper,
  { root, signal }: { root: string; signal: AbortSignal },
): Promise<ClusterListing> {
  const entriesOf = (path: string) => stateLayout(path).entries;
  return await asStateError("list the clusters", async () => {
    // The server of this session may lag behind what others wrote.
    await untilAnswered(() => zk.sync(root, { signal }), { signal });
    return await findClusters(zk, { root, entriesOf, signal });
  });
}

function printListing(
  listing: ClusterListing,
  zookeeper: ZooKeeperConfiguration,
  context: CommandContext,
): void {
  const { root, namespace } = zookeeper;
  const { occupants, isComplete } = listing;
  if (occupants.length > 0) context.print(listingTable(listing, zookeeper, styleFor(context)));
  else context.printError(`nothing lies under ${printable(root)}`);
  if (!isComplete) {
    context.printError("masterd: there are more nodes than are read: clusters may be missing");
  } else if (!occupants.some(({ path }) => path === namespace)) {
    const own = printable(clusterId(namespace, root));
    context.printError(`the configured cluster ${own} is not among them`);
  }
}
