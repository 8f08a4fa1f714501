#!/usr/bin/env bash
# Starts every ZooKeeper server of conf/zoo.cfg, each on its host, and says which of them leads.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"

report_quorum() {
  local code=0
  "${MASTERD_BIN}" quorum-status --wait 30 || code=$?
  ((exit_code != 0)) || exit_code="${code}"
}

main() {
  local line
  (($# == 0)) || usage_error "Usage: start-zookeeper-quorum.sh"
  local -a servers server
  load_settings
  read_list servers quorum-servers
  if ((${#servers[@]} == 0)); then
    echo "zoo.cfg names no server, such as server.1=localhost:2888:3888: nothing was started" >&2
    echo "One server on this host needs no such line: bin/zookeeper.sh start 0" >&2
    exit 78
  fi
  export MASTERD_DAEMON_VERSION="${version}"
  for line in "${servers[@]}"; do
    IFS=$'\t' read -r -a server <<<"${line}"
    task "${server[@]:1:4}" zookeeper.sh start "${server[0]}"
  done
  run_tasks
  print_summary
  # A server alone answers when it has started; several have to elect first.
  ((${#servers[@]} <= 1)) || report_quorum
  exit "${exit_code}"
}

main "$@"
