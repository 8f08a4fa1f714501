#!/usr/bin/env bash
# Starts every ZooKeeper server of conf/zoo.cfg, each on its host.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/on-host.sh
source "${scripts}/lib/on-host.sh"

main() {
  local server id host locality
  local -a servers
  load_settings
  read_list servers quorum-servers
  for server in "${servers[@]}"; do
    IFS=$'\t' read -r id host locality <<<"${server}"
    on_host "${host}" "${locality}" zookeeper.sh start "${id}"
  done
  exit "${exit_code}"
}

main "$@"
