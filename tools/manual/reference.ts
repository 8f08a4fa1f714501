import type { EnvironmentVariable } from "../../src/config/environment.ts";

/** What an exit code means, whatever the command; each command's help says more. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, "Done."],
  [1, "What was asked for is not there or was refused, or a daemon could not start."],
  [2, "Something unexpected happened: a defect of masterd."],
  [64, "The command line cannot be understood."],
  [65, "A session file is not one, or others may write it."],
  [69, "ZooKeeper, the storage or the leader cannot be reached."],
  [71, "Processes are left that cannot be killed."],
  [74, "The storage is full, read-only or fails."],
  [75, "Not done, or perhaps not done, for a reason that passes: the time is up, or nobody leads."],
  [77, "A token is missing or refused."],
  [78, "The configuration cannot be used; every problem is told with its file and line."],
  [130, "Interrupted by SIGINT (Ctrl-C)."],
  [143, "Ended by SIGTERM."],
];

const AMAZON = "Where the configuration does not say how the S3 server is reached.";
const SCRIPTS = "Set by the scripts of bin for the daemons that they start.";
const SYSTEMD = "Set by systemd: how a daemon reports to it.";

/** What each environment variable is for. */
export const ENVIRONMENT: Readonly<Record<EnvironmentVariable, string>> = {
  MASTERD_HOME:
    "The installation folder, from which relative paths count (else the folder above conf).",
  MASTERD_CONF_DIR: "The configuration folder.",
  MASTERD_READY_FILE: SCRIPTS,
  MASTERD_SESSION_FILE: SCRIPTS,
  NOTIFY_SOCKET: SYSTEMD,
  WATCHDOG_USEC: SYSTEMD,
  WATCHDOG_PID: SYSTEMD,
  FLINK_CONF_DIR: "The configuration folder, if MASTERD_CONF_DIR is not set.",
  FLINK_PID_DIR: "Beats env.pid.dir.",
  FLINK_LOG_DIR: "Beats env.log.dir.",
  FLINK_SSH_OPTS: "Beats env.ssh.opts.",
  MAX_LOG_FILE_NUMBER: "Beats env.log.max.",
  ROOT_LOG_LEVEL: "Beats env.log.level.",
  HIGH_AVAILABILITY: "Beats high-availability.",
  CONTAINER_ID: "Set by YARN: the cluster id, where nobody says another.",
  AWS_ACCESS_KEY_ID: AMAZON,
  AWS_SECRET_ACCESS_KEY: AMAZON,
  AWS_SESSION_TOKEN: AMAZON,
  AWS_REGION: AMAZON,
  AWS_DEFAULT_REGION: AMAZON,
  AWS_ENDPOINT_URL_S3: AMAZON,
  AWS_ENDPOINT_URL: AMAZON,
  HADOOP_CONF_DIR: "The folder of hdfs-site.xml, if masterd.storage.hdfs.conf-dir is not set.",
  HADOOP_USER_NAME: "Who asks the name nodes, if masterd.storage.hdfs.user is not set.",
  ZOOKEEPER_HOME:
    "An unpacked Apache ZooKeeper: where it is set, that serves a zoo.cfg of one server, too.",
  NO_COLOR: "If set and not empty, nothing is coloured.",
  TERM: "If dumb, nothing is coloured.",
};

export const FILES: readonly (readonly [path: string, meaning: string])[] = [
  ["conf/flink-conf.yaml", "The configuration; conf/config.yaml where there is none."],
  ["conf/masters", "A master a line: host:web-ui-port."],
  ["conf/workers", "A worker a line: host."],
  ["conf/zoo.cfg", "The ZooKeeper servers that bin/start-zookeeper-quorum.sh starts."],
  ["run", "Pid files and session files."],
  ["log", "Logs of daemons and output of commands."],
];
