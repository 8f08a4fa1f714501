/** Every environment variable that the program reads; a built binary may read no other. */
export const ENVIRONMENT_VARIABLES = [
  "MASTERD_HOME",
  "MASTERD_CONF_DIR",
  "MASTERD_READY_FILE",
  "MASTERD_SESSION_FILE",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "WATCHDOG_PID",
  "FLINK_CONF_DIR",
  "FLINK_PID_DIR",
  "FLINK_LOG_DIR",
  "FLINK_SSH_OPTS",
  "MAX_LOG_FILE_NUMBER",
  "ROOT_LOG_LEVEL",
  "HIGH_AVAILABILITY",
  "CONTAINER_ID",
  "ZOOKEEPER_HOME",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL_S3",
  "AWS_ENDPOINT_URL",
  "HADOOP_CONF_DIR",
  "HADOOP_USER_NAME",
  "NO_COLOR",
  "TERM",
] as const;

export type EnvironmentVariable = typeof ENVIRONMENT_VARIABLES[number];

/** The values of the environment, as `Deno.env.toObject()` gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;
