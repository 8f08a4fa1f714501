import { posix } from "node:path";
import type { Authorization } from "./authorization.ts";
import type { JobmanagerCommand, TaskmanagerCommand } from "./command_configuration.ts";
import { type Place, type Problem, ProblemList } from "./config_error.ts";
import type { Environment } from "./environment.ts";
import { overlay, sortOutSettings } from "./given_settings.ts";
import type { HighAvailabilityMode } from "./high_availability.ts";
import type { HostPort } from "./host_port.ts";
import type { PortRange } from "./port_range.ts";
import { resolveConfiguration } from "./resolve_configuration.ts";
import { type Setting, SettingResolver } from "./setting_resolver.ts";
import {
  fromDynamicProperties,
  fromEnvironment,
  fromFallbacks,
  fromNamespaceOption,
  fromYarn,
  readMainFile,
} from "./sources.ts";
import type { StateConfiguration, StorageConfiguration } from "./state_configuration.ts";
import type { StorageUrl } from "./storage_url.ts";
import type { ServerChoice } from "./zookeeper_server.ts";

/** What conf/flink-conf.yaml, the environment and the command line say, read once and checked. */
export interface Configuration {
  readonly confDir: string;
  readonly highAvailability: HighAvailabilityConfiguration;
  readonly zookeeper: ZooKeeperConfiguration;
  readonly jobmanager: {
    readonly rpcAddress: string;
    readonly rpcPort: number;
    /** Absent: all addresses. */
    readonly bindHost?: string;
    /** Runs only while this master leads; absent: a leader has nothing to run. */
    readonly command?: JobmanagerCommand;
  };
  readonly rest: {
    readonly port: number;
    /** Wins over the port of the masters file. */
    readonly bindPort?: PortRange;
    readonly address?: string;
    readonly bindAddress?: string;
  };
  readonly taskmanager: {
    readonly host?: string;
    readonly registrationTimeoutMs: number;
    /** Runs on each worker; absent: a worker has nothing to run. */
    readonly command?: TaskmanagerCommand;
  };
  readonly registration: {
    readonly initialTimeoutMs: number;
    readonly maxTimeoutMs: number;
    readonly errorDelayMs: number;
    readonly refusedDelayMs: number;
  };
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly shutdownTimeoutMs: number;
  readonly storage: StorageConfiguration;
  readonly state: StateConfiguration;
  /** Holds the token that calls among the nodes of the cluster carry; absent: they carry none. */
  readonly tokenFile?: string;
  /** Whether failovers may be caused on purpose, to measure them. */
  readonly isDrillAllowed: boolean;
  readonly env: EnvConfiguration;
}

export interface HighAvailabilityConfiguration {
  readonly mode: HighAvailabilityMode;
  /** With a slash before it and none after, `/cluster_one`. */
  readonly clusterId: string;
  /** Always there if the mode is ZooKeeper's. */
  readonly storageDir?: StorageUrl;
  readonly jobmanagerPort: PortRange;
}

export interface ZooKeeperConfiguration {
  /** The full connect string, `host:port,host:port/chroot`; empty only if ZooKeeper is not used. */
  readonly quorum: string;
  readonly servers: readonly HostPort[];
  readonly root: string;
  /** Root and cluster-id, `/flink/cluster_one`. */
  readonly namespace: string;
  readonly sessionTimeoutMs: number;
  /** The unit of the servers' clocks: what a lease is worth depends on it. */
  readonly tickTimeMs: number;
  /** What serves conf/zoo.cfg on the hosts that it names. */
  readonly server: ServerChoice;
  readonly connectionTimeoutMs: number;
  readonly acl: "open" | "creator";
  readonly authorization: readonly Authorization[];
  readonly tolerateSuspendedConnections: boolean;
}

/** What the scripts need to know. */
export interface EnvConfiguration {
  readonly pidDir: string;
  readonly logDir: string;
  readonly logMax: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly sshOptions: readonly string[];
}

/** Where the configuration comes from. */
export interface ConfigurationSource {
  readonly confDir: string;
  /** The installation folder: relative paths count from it. */
  readonly homeDir: string;
  readonly environment: Environment;
  /** The `key=value` of each `-D`. */
  readonly dynamicProperties: readonly string[];
  readonly zookeeperNamespace?: string;
}

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly settings: readonly Setting[];
  /** Where each setting that somebody wrote stands, by the key's name; defaults stand nowhere. */
  readonly places: ReadonlyMap<string, Place>;
  readonly warnings: readonly Problem[];
}

/**
 * Loads the configuration; of several sources the later wins: environment of other programs, file, own
 * environment, `-D`, explicit option. Throws a ConfigError that holds every problem of all of them.
 */
export async function loadConfiguration(source: ConfigurationSource): Promise<LoadedConfiguration> {
  const confDir = posix.resolve(source.confDir);
  const problems = new ProblemList();
  const warnings: Problem[] = [];
  const warn = (problem: Problem) => void warnings.push(problem);
  const mainFile = await problems.attemptAsync(() => readMainFile(confDir));
  const said = overlay([
    fromYarn(source.environment),
    mainFile?.settings ?? [],
    fromEnvironment(source.environment),
    fromDynamicProperties(source.dynamicProperties, problems),
    fromNamespaceOption(source.zookeeperNamespace, problems),
  ].map((settings) => sortOutSettings(settings, warn)));
  const fallbacks = sortOutSettings(fromFallbacks(source.environment, said.known), warn);
  const given = overlay([fallbacks, said]);
  const context = { homeDir: posix.resolve(source.homeDir) };
  const resolver = new SettingResolver(given, context, {
    problems,
    warn,
    mainFile: mainFile?.file,
  });
  const configuration = resolveConfiguration(resolver, confDir);
  problems.throwIfAny();
  return { configuration, settings: resolver.settings(), places: resolver.places(), warnings };
}
