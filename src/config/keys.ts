import { parseAuthorizations } from "./authorization.ts";
import { COMMAND_KEYS } from "./command_keys.ts";
import { parseDuration } from "./duration.ts";
import { parseHighAvailabilityMode } from "./high_availability.ts";
import { parseHost, parsePort } from "./host_port.ts";
import { defaulted, optional, type ParseContext } from "./key.ts";
import { parseBoolean, parseChoice, parseInteger, parsePath } from "./plain_values.ts";
import { parsePortRange } from "./port_range.ts";
import { parseQuorum } from "./quorum.ts";
import { checkSshOptions, parseSshOptions } from "./ssh_options.ts";
import { STATE_KEYS } from "./state_keys.ts";
import { parseStorageUrl } from "./storage_url.ts";
import { parseZnodePath } from "./znode_path.ts";

const host = (text: string) => parseHost(text.trim());
const port = (text: string) => parsePort(text.trim());
const fixedPort = (text: string) => parsePort(text.trim(), { min: 1 });
const duration = (text: string) => parseDuration(text, { minMs: 1 });
const fromHome = ({ homeDir }: ParseContext) => ({ baseDir: homeDir });

/** Every setting that masterd knows, with its names, its default and its meaning. */
export const KEYS = {
  highAvailability: defaulted({
    name: "high-availability",
    otherNames: ["high-availability.type"],
    oldNames: ["recovery.mode"],
    environment: "HIGH_AVAILABILITY",
    default: "NONE",
    description: "How the leader is found: NONE, ZOOKEEPER, or the path or URL of a module.",
    parse: (text, context) => parseHighAvailabilityMode(text, fromHome(context)),
  }),
  clusterId: defaulted({
    name: "high-availability.cluster-id",
    oldNames: [
      "high-availability.zookeeper.path.namespace",
      "recovery.zookeeper.path.namespace",
    ],
    default: "/default",
    description: "Separates the clusters that share a ZooKeeper and a storage directory.",
    parse: parseZnodePath,
  }),
  storageDir: optional({
    name: "high-availability.storageDir",
    oldNames: ["high-availability.zookeeper.storageDir", "recovery.zookeeper.storageDir"],
    description:
      "Where the state that a new leader recovers is kept: a path, hdfs:// or s3:// URL.",
    parse: (text, context) => parseStorageUrl(text, fromHome(context)),
    show: ({ url }) => url,
  }),
  jobmanagerPort: defaulted({
    name: "high-availability.jobmanager.port",
    oldNames: ["recovery.jobmanager.port"],
    default: "0",
    description: "Ports and ranges of which a master claims one for its workers; 0 is any.",
    parse: parsePortRange,
  }),
  quorum: optional({
    name: "high-availability.zookeeper.quorum",
    oldNames: ["recovery.zookeeper.quorum"],
    description: "Addresses of the ZooKeeper servers, host:port separated by commas.",
    parse: parseQuorum,
    show: ({ connectString }) => connectString,
  }),
  root: defaulted({
    name: "high-availability.zookeeper.path.root",
    oldNames: ["recovery.zookeeper.path.root"],
    default: "/flink",
    description: "The znode below which all clusters keep theirs.",
    parse: parseZnodePath,
  }),
  sessionTimeout: defaulted({
    name: "high-availability.zookeeper.client.session-timeout",
    oldNames: ["recovery.zookeeper.client.session-timeout"],
    default: "60 s",
    description: "How long ZooKeeper waits for a silent master; its server may shorten it.",
    parse: duration,
  }),
  connectionTimeout: defaulted({
    name: "high-availability.zookeeper.client.connection-timeout",
    oldNames: ["recovery.zookeeper.client.connection-timeout"],
    default: "15 s",
    description: "How long to wait for a ZooKeeper server before the next one is tried.",
    parse: duration,
  }),
  acl: defaulted({
    name: "high-availability.zookeeper.client.acl",
    default: "open",
    description: "Who may touch our znodes: open (everybody) or creator (our identity).",
    parse: (text) => parseChoice(text, { open: "open" as const, creator: "creator" as const }),
  }),
  authorization: optional({
    name: "high-availability.zookeeper.client.authorization",
    description: "Identities shown to ZooKeeper, scheme:credential separated by commas.",
    isSensitive: true,
    isMap: true,
    parse: parseAuthorizations,
  }),
  tolerateSuspendedConnections: defaulted({
    name: "high-availability.zookeeper.client.tolerate-suspended-connections",
    default: "true",
    description:
      "Whether a leader leads on, until its lease ends, while ZooKeeper is away; false, as in Flink, ends leadership with the connection.",
    parse: parseBoolean,
  }),
  rpcAddress: defaulted({
    name: "jobmanager.rpc.address",
    default: "localhost",
    description: "The host of the master if high availability is NONE.",
    parse: host,
  }),
  rpcPort: defaulted({
    name: "jobmanager.rpc.port",
    default: "6123",
    description: "The port for workers if high availability is NONE.",
    parse: fixedPort,
  }),
  bindHost: optional({
    name: "jobmanager.bind-host",
    description: "The address that the port for workers is bound to; all addresses if absent.",
    parse: host,
  }),
  restPort: defaulted({
    name: "rest.port",
    oldNames: ["web.port", "jobmanager.web.port"],
    default: "8081",
    description: "The web UI port of a masters line that names none.",
    parse: port,
  }),
  restBindPort: optional({
    name: "rest.bind-port",
    description: "Ports and ranges for the web UI; wins over the masters file.",
    parse: parsePortRange,
  }),
  restAddress: optional({
    name: "rest.address",
    oldNames: ["jobmanager.web.address"],
    description: "The host under which the web UI is published; that of the master if absent.",
    parse: host,
  }),
  restBindAddress: optional({
    name: "rest.bind-address",
    oldNames: ["web.address"],
    description: "The address that the web UI is bound to; all addresses if absent.",
    parse: host,
  }),
  taskmanagerHost: optional({
    name: "taskmanager.host",
    description: "The host under which a worker registers; the machine's name if absent.",
    parse: host,
  }),
  registrationTimeout: defaulted({
    name: "taskmanager.registration.timeout",
    oldNames: ["taskmanager.maxRegistrationDuration"],
    default: "5 min",
    description: "A worker ends if no leader took it for this long.",
    parse: duration,
  }),
  heartbeatInterval: defaulted({
    name: "heartbeat.interval",
    default: "10 s",
    description: "Time between two heartbeats of a worker.",
    parse: duration,
  }),
  heartbeatTimeout: defaulted({
    name: "heartbeat.timeout",
    default: "50 s",
    description: "The leader forgets a worker that is silent for this long.",
    parse: duration,
  }),
  registrationInitialTimeout: defaulted({
    name: "cluster.registration.initial-timeout",
    default: "100 ms",
    description: "How long a worker waits for the answer to its first registration.",
    parse: duration,
  }),
  registrationMaxTimeout: defaulted({
    name: "cluster.registration.max-timeout",
    default: "30 s",
    description: "The longest such wait; each one is twice the one before.",
    parse: duration,
  }),
  registrationErrorDelay: defaulted({
    name: "cluster.registration.error-delay",
    default: "10 s",
    description: "Pause after a registration that failed.",
    parse: duration,
  }),
  registrationRefusedDelay: defaulted({
    name: "cluster.registration.refused-registration-delay",
    default: "30 s",
    description: "Pause after a registration that the leader refused.",
    parse: duration,
  }),
  shutdownTimeout: defaulted({
    name: "cluster.services.shutdown-timeout",
    default: "30 s",
    description: "How long an orderly end may take.",
    parse: duration,
  }),
  pidDir: defaulted({
    name: "env.pid.dir",
    environment: "FLINK_PID_DIR",
    default: "run",
    description: "Folder of the pid files; relative to the installation folder.",
    parse: parsePath,
  }),
  logDir: defaulted({
    name: "env.log.dir",
    environment: "FLINK_LOG_DIR",
    default: "log",
    description: "Folder of the log files; relative to the installation folder.",
    parse: parsePath,
  }),
  logMax: defaulted({
    name: "env.log.max",
    environment: "MAX_LOG_FILE_NUMBER",
    default: "10",
    description: "How many old log files are kept.",
    parse: (text) => parseInteger(text, { min: 1, max: 10_000 }),
  }),
  logLevel: defaulted({
    name: "env.log.level",
    environment: "ROOT_LOG_LEVEL",
    default: "INFO",
    description: "What is logged: DEBUG, INFO, WARN or ERROR and what is worse.",
    parse: (text) =>
      parseChoice(text, {
        debug: "debug" as const,
        info: "info" as const,
        warn: "warn" as const,
        error: "error" as const,
      }),
  }),
  sshOpts: defaulted({
    name: "env.ssh.opts",
    environment: "FLINK_SSH_OPTS",
    default: "",
    description: "Options of ssh, as a shell would split them, for reaching other hosts.",
    parse: parseSshOptions,
    parseItems: checkSshOptions,
  }),
  ...COMMAND_KEYS,
  ...STATE_KEYS,
} as const;
