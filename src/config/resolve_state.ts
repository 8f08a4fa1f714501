import type { HighAvailabilityConfiguration } from "./configuration.ts";
import type { Key } from "./key.ts";
import type { SettingResolver } from "./setting_resolver.ts";
import type { StateConfiguration, StorageConfiguration } from "./state_configuration.ts";
import { STATE_KEYS as KEYS } from "./state_keys.ts";

// Those that other programs set, too, say nothing about what is meant.
const OF_HDFS: readonly Key<unknown>[] = [KEYS.hdfsNameNodes, KEYS.hdfsDelegationTokenFile];
const OF_STATE: readonly Key<unknown>[] = [
  KEYS.stateHistory,
  KEYS.stateRequired,
  KEYS.stateMaxSize,
  KEYS.stateCollectGrace,
  KEYS.stateRecoverTimeout,
];

/** Reads the keys of storage and state. */
export function resolveState(
  resolver: SettingResolver,
  { mode, storageDir }: Pick<HighAvailabilityConfiguration, "mode" | "storageDir">,
): { storage: StorageConfiguration; state: StateConfiguration } {
  const storage = resolveStorage(resolver);
  const state = {
    history: resolver.get(KEYS.stateHistory),
    required: resolver.get(KEYS.stateRequired),
    maxBytes: resolver.get(KEYS.stateMaxSize),
    collectGraceMs: resolver.get(KEYS.stateCollectGrace),
    recoverTimeoutMs: resolver.get(KEYS.stateRecoverTimeout),
  };
  if (mode.kind !== "zookeeper") warnOfIdle(resolver, OF_STATE, "high-availability: zookeeper");
  if (storageDir?.scheme === "s3") checkCredentials(resolver);
  if (!storageDir?.scheme.endsWith("hdfs")) warnOfIdle(resolver, OF_HDFS, "an hdfs:// storageDir");
  return { storage, state };
}

function resolveStorage(resolver: SettingResolver): StorageConfiguration {
  return {
    timeoutMs: resolver.get(KEYS.storageTimeout),
    s3: {
      endpoint: resolver.get(KEYS.s3Endpoint),
      region: resolver.get(KEYS.s3Region),
      accessKey: resolver.get(KEYS.s3AccessKey),
      secretKey: resolver.get(KEYS.s3SecretKey),
      sessionToken: resolver.get(KEYS.s3SessionToken),
      pathStyle: resolver.get(KEYS.s3PathStyle),
    },
    hdfs: {
      nameNodes: resolver.get(KEYS.hdfsNameNodes) ?? [],
      confDir: resolver.get(KEYS.hdfsConfDir),
      user: resolver.get(KEYS.hdfsUser),
      delegationTokenFile: resolver.get(KEYS.hdfsDelegationTokenFile),
    },
  };
}

function checkCredentials(resolver: SettingResolver): void {
  const hasAccessKey = resolver.isGiven(KEYS.s3AccessKey);
  const hasSecretKey = resolver.isGiven(KEYS.s3SecretKey);
  if (hasAccessKey && hasSecretKey) return;
  const [missing, given] = hasAccessKey
    ? [KEYS.s3SecretKey, KEYS.s3AccessKey]
    : [KEYS.s3AccessKey, KEYS.s3SecretKey];
  if (resolver.isGiven(given)) {
    return resolver.refuse(missing, `is missing beside ${given.name}; write both, or neither`);
  }
  // Not refused: whoever checks may lack variables that the daemons are given.
  resolver.warn(
    missing,
    "is missing, and an s3:// storageDir needs it; write it and s3.secret-key, or give the daemons " +
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  );
}

function warnOfIdle(
  resolver: SettingResolver,
  keys: readonly Key<unknown>[],
  condition: string,
): void {
  for (const key of keys) {
    if (resolver.isGiven(key)) resolver.warn(key, `has no effect without ${condition}; set that`);
  }
}
