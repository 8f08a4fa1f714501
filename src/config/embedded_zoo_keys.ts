/** Settings of zoo.cfg that the embedded server heeds. */
export const HEEDED_ZOO_KEYS: readonly string[] = [
  "tickTime",
  "dataDir",
  "clientPort",
  "clientPortAddress",
  "minSessionTimeout",
  "maxSessionTimeout",
  "maxClientCnxns",
  "maxCnxns",
  "snapCount",
  "globalOutstandingLimit",
  "jute.maxbuffer",
  "extendedTypesEnabled",
  "4lw.commands.whitelist",
  "autopurge.snapRetainCount",
  "znode.container.checkIntervalMs",
  "znode.container.maxPerMinute",
  "DigestAuthenticationProvider.superDigest",
];

/** Settings of Apache ZooKeeper that a server alone, or one without Java, has no use for. */
const WITHOUT_EFFECT: readonly string[] = [
  "initLimit",
  "syncLimit",
  "connectToLearnerMasterLimit",
  "dataLogDir",
  "autopurge.purgeInterval",
  "preAllocSize",
  "snapSizeLimitInKb",
  "txnLogSizeLimitInKb",
  "commitLogCount",
  "maxResponseCacheSize",
  "maxGetChildrenResponseCacheSize",
  "fsync.warningthresholdms",
  "forceSync",
  "skipACL",
  "flushDelay",
  "maxWriteQueuePollTime",
  "maxBatchSize",
  "requestThrottleLimit",
  "requestThrottleStallTime",
  "requestThrottleDropStale",
  "requestStaleLatencyCheck",
  "requestStaleConnectionCheck",
  "clientPortListenBacklog",
  "serverCnxnFactory",
  "advancedFlowControlEnabled",
  "globalSessionsEnabled",
  "localSessionsEnabled",
  "localSessionsUpgradingEnabled",
  "electionAlg",
  "electionPortBindRetry",
  "leaderServes",
  "peerType",
  "syncEnabled",
  "standaloneEnabled",
  "reconfigEnabled",
  "cnxTimeout",
  "quorumListenOnAllIPs",
  "observerMasterPort",
  "learner.asyncSending",
  "observer.reconnectDelayMs",
  "readonlymode.enabled",
  "tcpKeepAlive",
  "watchManagerName",
  "digest.enabled",
  "serializeLastProcessedZxid.enabled",
  "snapshot.trust.empty",
  "snapshot.compression.method",
  "snapshot.compression.checksum",
  "audit.enable",
  "secureClientPortAddress",
  "multiAddress.enabled",
  "multiAddress.reachabilityCheckEnabled",
  "multiAddress.reachabilityCheckTimeoutMs",
  "znode.container.maxNeverUsedIntervalMs",
];
const PREFIXES_WITHOUT_EFFECT = [
  "admin.",
  "metricsProvider.",
  "nio.",
  "netty.",
  "connection_throttle_",
  "watcherCleaner",
  "group.",
  "weight.",
  "fastleader.",
  "leader.",
  "closeSessionTxn",
];

/** Settings that promise a protection which the embedded server does not have. */
const PROTECTIONS = [
  "secureClientPort",
  "portUnification",
  "client.portUnification",
  "requireClientAuthScheme",
  "sessionRequireClientSASLAuth",
  "enforce.auth.enabled",
  "enforce.auth.schemes",
  "allowSaslFailedClients",
  "X509AuthenticationProvider.superUser",
  "sslQuorum",
  "client.secure",
  "superUser",
];
const PROTECTION_PREFIXES = ["ssl.", "sasl.", "authProvider.", "quorum.auth.", "kerberos.", "jaas"];

/** What a setting of zoo.cfg means to the embedded server. */
export type ZooKeyMeaning = "heeded" | "without effect" | "protection" | "unknown";

export function meaningOfZooKey(key: string): ZooKeyMeaning {
  if (HEEDED_ZOO_KEYS.includes(key) || key.startsWith("server.")) return "heeded";
  const beginsWith = (prefix: string) => key.startsWith(prefix);
  if (PROTECTIONS.includes(key) || PROTECTION_PREFIXES.some(beginsWith)) return "protection";
  if (WITHOUT_EFFECT.includes(key) || PREFIXES_WITHOUT_EFFECT.some(beginsWith)) {
    return "without effect";
  }
  return "unknown";
}

/** Every setting by its name, for who has misspelt one. */
export const ALL_ZOO_KEYS: readonly string[] = [
  ...HEEDED_ZOO_KEYS,
  ...WITHOUT_EFFECT,
  ...PROTECTIONS,
];
