import { parseDuration } from "./duration.ts";
import { parseEntryNames } from "./entry_names.ts";
import { formatHostPort, parseHostPorts } from "./host_port.ts";
import { defaulted, optional } from "./key.ts";
import { parseMemorySize } from "./memory_size.ts";
import { parseBoolean, parseInteger, parsePath, parseSecret, parseText } from "./plain_values.ts";
import { parseEndpoint } from "./s3_endpoint.ts";

const duration = (text: string) => parseDuration(text, { minMs: 1 });

/** The settings of what a leader must remember: how the storage is reached, and what is kept there. */
export const STATE_KEYS = {
  storageTimeout: defaulted({
    name: "masterd.storage.timeout",
    default: "30 s",
    description: "How long nothing may move between a master and its storage.",
    parse: duration,
  }),
  s3Endpoint: optional({
    name: "s3.endpoint",
    fallbacks: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    description: "URL of the S3 server; Amazon's own for the region if absent.",
    parse: parseEndpoint,
  }),
  s3Region: optional({
    name: "s3.endpoint.region",
    otherNames: ["s3.region"],
    fallbacks: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    description: "Region of the bucket.",
    parse: parseText,
  }),
  s3AccessKey: optional({
    name: "s3.access-key",
    otherNames: ["s3.access.key"],
    fallbacks: ["AWS_ACCESS_KEY_ID"],
    description: "Who asks the S3 server.",
    isSensitive: true,
    parse: parseSecret,
  }),
  s3SecretKey: optional({
    name: "s3.secret-key",
    otherNames: ["s3.secret.key"],
    fallbacks: ["AWS_SECRET_ACCESS_KEY"],
    description: "The secret that belongs to s3.access-key.",
    isSensitive: true,
    parse: parseSecret,
  }),
  s3SessionToken: optional({
    name: "s3.session-token",
    otherNames: ["s3.session.token"],
    fallbacks: ["AWS_SESSION_TOKEN"],
    description: "The token that belongs to temporary keys.",
    isSensitive: true,
    parse: parseSecret,
  }),
  s3PathStyle: defaulted({
    name: "s3.path.style.access",
    otherNames: ["s3.path-style-access"],
    default: "false",
    description: "Whether the bucket stands in the path, not in the host name, of the S3 server.",
    parse: parseBoolean,
  }),
  hdfsNameNodes: optional({
    name: "masterd.storage.hdfs.namenodes",
    description: "HTTP addresses of the name nodes, host:port separated by commas.",
    parse: parseHostPorts,
    show: (nodes) => nodes.map(formatHostPort).join(","),
  }),
  hdfsConfDir: optional({
    name: "masterd.storage.hdfs.conf-dir",
    fallbacks: ["HADOOP_CONF_DIR"],
    description: "Folder of core-site.xml and hdfs-site.xml, which name the name nodes.",
    parse: parsePath,
  }),
  hdfsUser: optional({
    name: "masterd.storage.hdfs.user",
    fallbacks: ["HADOOP_USER_NAME"],
    description: "Who asks the name nodes; the user of this process if absent.",
    parse: parseText,
  }),
  hdfsDelegationTokenFile: optional({
    name: "masterd.storage.hdfs.delegation-token-file",
    description: "File with a delegation token for the name nodes.",
    parse: parsePath,
  }),
  stateHistory: defaulted({
    name: "masterd.state.history",
    default: "3",
    description: "How many versions of each entry are kept, the newest included.",
    parse: (text) => parseInteger(text, { min: 1, max: 1000 }),
  }),
  stateRequired: defaulted({
    name: "masterd.state.required",
    default: "",
    description: "Entries without which no master leads, separated by commas.",
    parse: parseEntryNames,
  }),
  stateMaxSize: defaulted({
    name: "masterd.state.max-size",
    default: "256 mb",
    description: "The longest content of an entry.",
    parse: (text) => parseMemorySize(text, { minBytes: 1 }),
  }),
  stateCollectGrace: defaulted({
    name: "masterd.state.collect-grace",
    default: "1 h",
    description: "How long a leader leaves alone what nothing in ZooKeeper leads to.",
    parse: (text) => parseDuration(text),
  }),
  stateRecoverTimeout: defaulted({
    name: "masterd.state.recover-timeout",
    default: "10 s",
    description: "How long a new leader may look through the state before it starts its command.",
    parse: duration,
  }),
  tokenFile: optional({
    name: "masterd.token-file",
    description: "File (0600) with the token that calls among the nodes of this cluster carry.",
    parse: parsePath,
  }),
} as const;
