#!/usr/bin/env bash
# Starts the masters of conf/masters and the workers of conf/workers, each on its host. What runs already is left alone,
# so that a second call brings back what has died.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/on-host.sh
source "${scripts}/lib/on-host.sh"

start_masters() { # LINE...
  local line host port locality quorum=""
  [[ ${ha} != zookeeper ]] || quorum=" and ${quorum_peers} peers in ZooKeeper quorum"
  printf 'Starting HA cluster with %d masters%s.\n' "$#" "${quorum}"
  for line in "$@"; do
    IFS=$'\t' read -r host port locality <<<"${line}"
    on_host "${host}" "${locality}" jobmanager.sh start "${host}" "${port}"
  done
}

start_workers() { # LINE...
  local line host locality
  local -A count=()
  for line in "$@"; do
    IFS=$'\t' read -r host locality <<<"${line}"
    # Workers of this host have one row of numbers, by whatever name it is called.
    [[ ${locality} == remote ]] || line="local"
    MASTERD_DAEMON_INSTANCE="${count[${line}]:=0}" on_host "${host}" "${locality}" taskmanager.sh start
    count[${line}]=$((count[${line}] + 1))
  done
}

main() {
  local -a masters=() workers=()
  load_settings
  export MASTERD_DAEMON_OF_CLUSTER=yes
  [[ ${ha} == none ]] || read_list masters masters
  read_list workers workers
  if [[ ${ha} == none ]]; then
    printf 'Starting cluster.\n'
    MASTERD_DAEMON_INSTANCE=0 "${bin}/jobmanager.sh" start || exit_code=$?
  else
    start_masters "${masters[@]}"
  fi
  start_workers "${workers[@]}"
  exit "${exit_code}"
}

main "$@"
