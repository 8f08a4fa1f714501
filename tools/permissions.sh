#!/usr/bin/env bash
# Prints the permissions masterd runs with, one flag a line: the build bakes them into the binary,
# and tools/masterd.sh gives them to Deno. Addresses and folders come from the configuration, so the
# network, the files and the programs cannot be named here; no native code is allowed.
set -euo pipefail

# What src/config/environment.ts and the command line read, and what the package yaml asks for.
readonly VARIABLES=(
  MASTERD_HOME MASTERD_CONF_DIR MASTERD_READY_FILE MASTERD_SESSION_FILE
  NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID
  FLINK_CONF_DIR FLINK_PID_DIR FLINK_LOG_DIR FLINK_SSH_OPTS
  MAX_LOG_FILE_NUMBER HIGH_AVAILABILITY ROOT_LOG_LEVEL CONTAINER_ID ZOOKEEPER_HOME
  AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL
  HADOOP_CONF_DIR HADOOP_USER_NAME
  NO_COLOR TERM
  LOG_TOKENS LOG_STREAM
)

main() {
  local IFS=,
  echo --allow-net
  echo --allow-read
  echo --allow-write
  echo "--allow-env=${VARIABLES[*]}"
  # Commands of leaders and workers are anything at all, and only with all of it a group can be signalled.
  echo --allow-run
  echo --allow-sys=hostname,networkInterfaces,uid
}

main
