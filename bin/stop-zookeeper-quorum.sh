#!/usr/bin/env bash
# Stops every ZooKeeper server of conf/zoo.cfg, each on its host.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"

main() {
  local line
  (($# == 0)) || usage_error "Usage: stop-zookeeper-quorum.sh"
  local -a servers server
  load_settings
  read_list servers quorum-servers
  for line in "${servers[@]}"; do
    IFS=$'\t' read -r -a server <<<"${line}"
    task "${server[@]:1:4}" zookeeper.sh stop "${server[0]}"
  done
  run_tasks
  print_summary
  exit "${exit_code}"
}

main "$@"
