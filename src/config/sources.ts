import { yarnApplicationId } from "./cluster_id.ts";
import { displayName, findConfFile } from "./conf_file.ts";
import { ConfigError, type ProblemList } from "./config_error.ts";
import type { Environment } from "./environment.ts";
import { parseFlinkConf } from "./flink_conf.ts";
import type { GivenSetting } from "./given_settings.ts";
import type { Key } from "./key.ts";
import { KEYS } from "./keys.ts";

// Flink renamed the file with version 1.19; the newer name wants stricter YAML.
const CONF_NAMES = ["flink-conf.yaml", "config.yaml"] as const;

/** The main configuration file: its name for messages, and what it sets. */
export async function readMainFile(
  confDir: string,
): Promise<{ file: string; settings: GivenSetting[] }> {
  const found = await Promise.all(CONF_NAMES.map((name) => findConfFile(confDir, name)));
  const files = found.filter((file) => file !== undefined);
  const names = CONF_NAMES.map((name) => displayName(confDir, name));
  const [main] = files;
  if (main === undefined) {
    const message =
      `no such file in ${confDir}; create it there, or name another folder with --config-dir`;
    throw new ConfigError([{ file: names[0], message }]);
  }
  if (files.length > 1) {
    const message = `stands beside ${names[1]}; keep one of ${names.join(" and ")}`;
    throw new ConfigError([{ file: names[0], message }]);
  }
  const { file, text } = main;
  const entries = parseFlinkConf(text, file);
  const settings = entries.map(({ line, ...entry }) => ({ ...entry, place: { file, line } }));
  return { file, settings };
}

/** What environment variables set; an empty one counts as absent. */
export function fromEnvironment(environment: Environment): GivenSetting[] {
  const settings: GivenSetting[] = [];
  const keys: readonly Key<unknown>[] = Object.values(KEYS);
  for (const { name, environment: variable } of keys) {
    const value = variable && environment[variable];
    if (value) settings.push({ key: name, value, place: { origin: `environment ${variable}` } });
  }
  return settings;
}

/** Inside a YARN container the application is the cluster, unless a cluster-id is configured. */
export function fromYarn(environment: Environment): GivenSetting[] {
  const value = yarnApplicationId(environment.CONTAINER_ID ?? "");
  if (value === undefined) return [];
  return [{ key: KEYS.clusterId.name, value, place: { origin: "environment CONTAINER_ID" } }];
}

const S3_URL = /^s3[ap]?:/i;
const HDFS_URL = /^(?:s?web)?hdfs:/i;

// Keys of one account and the secret of another are worth nothing.
const CREDENTIALS: readonly Key<unknown>[] = [
  KEYS.s3AccessKey,
  KEYS.s3SecretKey,
  KEYS.s3SessionToken,
];

/**
 * What variables of other programs say, as far as the storage directory that is `given` needs it;
 * credentials count together, and only if `given` has none.
 */
export function fromFallbacks(
  environment: Environment,
  given: ReadonlyMap<string, GivenSetting>,
): GivenSetting[] {
  const storageDir = given.get(KEYS.storageDir.name)?.value.trim() ?? "";
  const hasCredentials = CREDENTIALS.some(({ name }) => given.has(name));
  const settings: GivenSetting[] = [];
  const keys: readonly Key<unknown>[] = Object.values(KEYS);
  for (const key of keys) {
    if (hasCredentials && CREDENTIALS.includes(key)) continue;
    if (!(key.name.startsWith("s3.") ? S3_URL : HDFS_URL).test(storageDir)) continue;
    const variable = key.fallbacks?.find((name) => environment[name]);
    const value = variable && environment[variable];
    if (!value) continue;
    settings.push({ key: key.name, value, place: { origin: `environment ${variable}` } });
  }
  return settings;
}

/** What `-D key=value` sets. */
export function fromDynamicProperties(
  properties: readonly string[],
  problems: ProblemList,
): GivenSetting[] {
  const settings: GivenSetting[] = [];
  for (const property of properties) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(property) ?? [];
    if (key === undefined || value === undefined || key.trim() === "") {
      const message = `${JSON.stringify(property)} is not a setting; write -D key=value`;
      problems.add({ origin: "-D", value: property, message });
      continue;
    }
    settings.push({ key: key.trim(), value, place: { origin: "-D" } });
  }
  return settings;
}

/** What `--zookeeperNamespace` sets. */
export function fromNamespaceOption(
  namespace: string | undefined,
  problems: ProblemList,
): GivenSetting[] {
  if (namespace === undefined) return [];
  const place = { origin: "--zookeeperNamespace" };
  if (namespace.trim() !== "") return [{ key: KEYS.clusterId.name, value: namespace, place }];
  problems.add({ ...place, value: namespace, message: "is empty; name the cluster" });
  return [];
}
