import { aborted } from "../../async/abortable.ts";
import { runTogether } from "../../async/run_together.ts";
import type { EmbeddedZooCfg } from "../../config/embedded_zoo_cfg.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { Logger } from "../../log/logger.ts";
import {
  DEFAULT_SETTINGS,
  ListenError,
  QuorumServer,
  type ServerSettings,
} from "../../quorum/mod.ts";
import { announce } from "../announcement.ts";
import type { ServiceManager } from "../service_manager.ts";
import { StartError } from "../start_error.ts";
import { VERSION } from "../version.ts";

/** What clients are told: whoever compares versions learns which ZooKeeper this one behaves as. */
const ZOOKEEPER_VERSION = `3.8.0-masterd-${VERSION}`;

// Readers of `srvr` want a date behind the version and refuse an answer without it (go-zk is one); a build
// that is the same wherever and whenever it is made has none of its own.
const BUILT_ON = "1970-01-01 00:00 UTC";

export interface ZooKeeperServerOptions {
  readonly zooCfg: EmbeddedZooCfg;
  /** Where the data lies; made this server's by the caller. */
  readonly folder: string;
  readonly logger: Logger;
  readonly ready?: (line: string) => Promise<void>;
  readonly serviceManager?: ServiceManager;
}

/** The embedded ZooKeeper server: serves clients until the signal aborts; their sessions live on. */
export async function runZooKeeperServer(
  options: ZooKeeperServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { zooCfg, logger, serviceManager } = options;
  if (zooCfg.keysWithoutEffect.length > 0) {
    logger.info("settings without effect here", { keys: zooCfg.keysWithoutEffect.join(",") });
  }
  const server = await openQuorumServer(options, signal);
  const { host = "*" } = zooCfg.listen;
  const address = formatHostPort({ host, port: server.port });
  logger.info("serving", { address, version: ZOOKEEPER_VERSION });
  await runTogether([
    (signal) => server.run(signal),
    (signal) => announce(options.ready, address, signal),
    (signal) => report(serviceManager, server, signal),
  ], signal);
}

async function report(
  manager: ServiceManager | undefined,
  server: QuorumServer,
  signal: AbortSignal,
): Promise<void> {
  if (manager === undefined) return await aborted(signal);
  await manager.ready();
  await runTogether([
    (signal) => manager.watchdog(signal),
    (signal) => manager.tellStatus(() => server.statusLine, signal),
  ], signal);
}

/**
 * Recovers the data and begins to listen, as zoo.cfg says.
 * @throws {StartError} if the port is taken.
 */
export async function openQuorumServer(
  { zooCfg, folder, logger }: ZooKeeperServerOptions,
  signal: AbortSignal,
): Promise<QuorumServer> {
  try {
    const storage = { snapshotsKept: zooCfg.snapshotsKept };
    return await QuorumServer.open(
      { settings: settingsOf(zooCfg), folder, storage, logger },
      signal,
    );
  } catch (error) {
    if (error instanceof ListenError) throw new StartError(error.message, { cause: error.cause });
    throw error;
  }
}

function settingsOf(zooCfg: EmbeddedZooCfg): ServerSettings {
  const { allowedWords, ...given } = zooCfg;
  const usual = DEFAULT_SETTINGS;
  return {
    ...given,
    version: `${ZOOKEEPER_VERSION}, built on ${BUILT_ON}`,
    maxFrameBytes: given.maxFrameBytes ?? usual.maxFrameBytes,
    maxConnectionsPerAddress: given.maxConnectionsPerAddress ?? usual.maxConnectionsPerAddress,
    maxConnections: given.maxConnections ?? usual.maxConnections,
    maxOutstanding: given.maxOutstanding ?? usual.maxOutstanding,
    snapshotTransactions: given.snapshotTransactions ?? usual.snapshotTransactions,
    maxTreeWeight: usual.maxTreeWeight,
    sweepIntervalMs: given.sweepIntervalMs ?? usual.sweepIntervalMs,
    sweptPerMinute: given.sweptPerMinute ?? usual.sweptPerMinute,
    areTtlNodesAllowed: given.areTtlNodesAllowed ?? usual.areTtlNodesAllowed,
    allowedWords: allowedWords === undefined ? usual.allowedWords : withSrvr(allowedWords),
  };
}

// The question of starts and of `masterd quorum-status`; ZooKeeper answers it where nothing is set.
function withSrvr(words: readonly string[]): ReadonlySet<string> {
  return new Set([...words, "srvr"]);
}
