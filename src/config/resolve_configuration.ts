import { type Authorization, checkAuthorization } from "./authorization.ts";
import type {
  Configuration,
  EnvConfiguration,
  HighAvailabilityConfiguration,
  ZooKeeperConfiguration,
} from "./configuration.ts";
import { KEYS } from "./keys.ts";
import { resolveCommands } from "./resolve_commands.ts";
import { resolveState } from "./resolve_state.ts";
import type { SettingResolver } from "./setting_resolver.ts";
import { joinZnodePath } from "./znode_path.ts";

/** Reads every key; what is wrong is noted in the resolver's problem list. */
export function resolveConfiguration(resolver: SettingResolver, confDir: string): Configuration {
  const highAvailability = resolveHighAvailability(resolver);
  const { clusterId } = highAvailability;
  const isZooKeeper = highAvailability.mode.kind === "zookeeper";
  const zookeeper = resolveZooKeeper(resolver, { clusterId, isZooKeeper });
  const shutdownTimeoutMs = resolver.get(KEYS.shutdownTimeout);
  const commands = resolveCommands(resolver, { ...zookeeper, shutdownTimeoutMs });
  return {
    confDir,
    highAvailability,
    zookeeper,
    jobmanager: {
      rpcAddress: resolver.get(KEYS.rpcAddress),
      rpcPort: resolver.get(KEYS.rpcPort),
      bindHost: resolver.get(KEYS.bindHost),
      command: commands.jobmanager,
    },
    rest: {
      port: resolver.get(KEYS.restPort),
      bindPort: resolver.get(KEYS.restBindPort),
      address: resolver.get(KEYS.restAddress),
      bindAddress: resolver.get(KEYS.restBindAddress),
    },
    taskmanager: {
      host: resolver.get(KEYS.taskmanagerHost),
      registrationTimeoutMs: resolver.get(KEYS.registrationTimeout),
      command: commands.taskmanager,
    },
    heartbeat: resolveHeartbeat(resolver),
    registration: resolveRegistration(resolver),
    shutdownTimeoutMs,
    ...resolveState(resolver, highAvailability),
    tokenFile: resolver.get(KEYS.tokenFile),
    isDrillAllowed: resolver.get(KEYS.drillAllowed),
    env: resolveEnv(resolver),
  };
}

function resolveHighAvailability(
  resolver: SettingResolver,
): HighAvailabilityConfiguration {
  const mode = resolver.get(KEYS.highAvailability);
  const clusterId = resolver.get(KEYS.clusterId);
  const storageDir = resolver.get(KEYS.storageDir);
  if (mode.kind !== "none" && !resolver.isGiven(KEYS.clusterId)) {
    resolver.warn(
      KEYS.clusterId,
      `is not set, so ${clusterId} is used: two such clusters on one ZooKeeper would merge; ` +
        "give each cluster its own",
    );
  }
  if (mode.kind === "zookeeper" && !resolver.isGiven(KEYS.storageDir)) {
    resolver.refuse(
      KEYS.storageDir,
      "is missing, but high availability by ZooKeeper needs it; write a path or a URL, " +
        "for example hdfs:///flink/recovery",
    );
  }
  return { mode, clusterId, storageDir, jobmanagerPort: resolver.get(KEYS.jobmanagerPort) };
}

function resolveZooKeeper(
  resolver: SettingResolver,
  context: { clusterId: string; isZooKeeper: boolean },
): ZooKeeperConfiguration {
  const quorum = resolver.get(KEYS.quorum);
  if (context.isZooKeeper && !resolver.isGiven(KEYS.quorum)) {
    resolver.refuse(
      KEYS.quorum,
      "is empty, but high availability by ZooKeeper needs it; write host:port,host:port, " +
        "for example localhost:2181",
    );
  }
  const root = resolver.get(KEYS.root);
  return {
    quorum: quorum?.connectString ?? "",
    servers: quorum?.servers ?? [],
    root,
    namespace: joinZnodePath(root, context.clusterId),
    sessionTimeoutMs: resolver.get(KEYS.sessionTimeout),
    tickTimeMs: resolver.get(KEYS.tickTime),
    server: resolver.get(KEYS.zookeeperServer),
    connectionTimeoutMs: resolver.get(KEYS.connectionTimeout),
    ...resolveAccess(resolver, context),
    tolerateSuspendedConnections: resolver.get(KEYS.tolerateSuspendedConnections),
  };
}

function resolveAccess(
  resolver: SettingResolver,
  { isZooKeeper }: { isZooKeeper: boolean },
): { acl: "open" | "creator"; authorization: Authorization[] } {
  const acl = resolver.get(KEYS.acl);
  const authorization = [
    ...resolver.get(KEYS.authorization) ?? [],
    ...resolver.entries(
      KEYS.authorization,
      (scheme, credential) => checkAuthorization({ scheme, credential }),
    ),
  ];
  // The server refuses the first create of a session that has shown no identity.
  if (isZooKeeper && acl === "creator" && !resolver.isGiven(KEYS.authorization)) {
    resolver.refuse(
      KEYS.acl,
      `"creator" needs an identity; set ${KEYS.authorization.name}, for example digest:user:password`,
    );
  }
  return { acl, authorization };
}

function resolveHeartbeat(resolver: SettingResolver): Configuration["heartbeat"] {
  const intervalMs = resolver.get(KEYS.heartbeatInterval);
  const timeoutMs = resolver.get(KEYS.heartbeatTimeout);
  if (intervalMs >= timeoutMs) {
    const message = `the timeout, ${timeoutMs} ms, is not longer than the interval, ` +
      `${intervalMs} ms; write several times the interval`;
    resolver.refuseEither([KEYS.heartbeatTimeout, KEYS.heartbeatInterval], message);
  }
  return { intervalMs, timeoutMs };
}

function resolveRegistration(resolver: SettingResolver): Configuration["registration"] {
  const initialTimeoutMs = resolver.get(KEYS.registrationInitialTimeout);
  const maxTimeoutMs = resolver.get(KEYS.registrationMaxTimeout);
  if (initialTimeoutMs > maxTimeoutMs) {
    const message = `the longest wait, ${maxTimeoutMs} ms, is shorter than the first, ` +
      `${initialTimeoutMs} ms; write at least that`;
    resolver.refuseEither(
      [KEYS.registrationMaxTimeout, KEYS.registrationInitialTimeout],
      message,
    );
  }
  return {
    initialTimeoutMs,
    maxTimeoutMs,
    errorDelayMs: resolver.get(KEYS.registrationErrorDelay),
    refusedDelayMs: resolver.get(KEYS.registrationRefusedDelay),
  };
}

function resolveEnv(resolver: SettingResolver): EnvConfiguration {
  return {
    pidDir: resolver.get(KEYS.pidDir),
    logDir: resolver.get(KEYS.logDir),
    logMax: resolver.get(KEYS.logMax),
    logLevel: resolver.get(KEYS.logLevel),
    sshOptions: resolver.get(KEYS.sshOpts),
  };
}
