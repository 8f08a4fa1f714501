#!/usr/bin/env bash
# Starts the masters of conf/masters and the workers of conf/workers, each on its host. What runs already is left alone,
# so that a second call brings back what has died. With --wait it returns when one master leads, and all masters and
# workers answer.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"

readonly usage="Usage: start-cluster.sh [--wait[=seconds]] [-D key=value]... [-z cluster-id]"

wait_seconds=""

add_property() { # KEY=VALUE
  # The scripts that stop the daemons have to find what the start has written.
  [[ $1 != env.* ]] || usage_error "-D $1: what the scripts read belongs into conf/flink-conf.yaml."
  property_options+=(-D "$1")
}

read_arguments() { # ARGUMENT...
  while (($# > 0)); do
    case "$1" in
      --wait) wait_seconds=60 ;;
      --wait=*)
        wait_seconds="${1#*=}"
        [[ ${wait_seconds} =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "${usage}"
        ;;
      -D | -z) (($# > 1)) || usage_error "${usage}" ;;&
      -D) add_property "$2" && shift ;;
      -z) add_property "high-availability.cluster-id=$2" && shift ;;
      -D*) add_property "${1#-D}" ;;
      *) usage_error "${usage}" ;;
    esac
    shift
  done
}

note_masters() { # LINE...
  local line
  local -a master
  for line in "$@"; do
    IFS=$'\t' read -r -a master <<<"${line}"
    task "${master[0]}" "${master[@]:2:3}" jobmanager.sh start "${master[@]:0:2}" "${property_options[@]}"
  done
}

note_workers() { # LINE...
  local line place
  local -a worker
  local -A count=()
  for line in "$@"; do
    IFS=$'\t' read -r -a worker <<<"${line}"
    # Workers of this host have one row of numbers, by whatever name it is called.
    place="local"
    [[ ${worker[1]} == local ]] || place="${worker[0],,} ${worker[*]:2}"
    MASTERD_DAEMON_INSTANCE="${count[${place}]:=0}" task "${worker[@]:0:4}" taskmanager.sh start "${property_options[@]}"
    count[${place}]=$((count[${place}] + 1))
  done
}

main() {
  local quorum=""
  local -a masters=() workers=()
  read_arguments "$@"
  load_settings
  [[ ${ha} == none ]] || read_list masters masters "${property_options[@]}"
  read_list workers workers
  export MASTERD_DAEMON_OF_CLUSTER=yes MASTERD_DAEMON_VERSION="${version}"
  if [[ ${ha} == none ]]; then
    printf 'Starting cluster.\n'
    MASTERD_DAEMON_INSTANCE=0 task "${HOSTNAME}" local - - jobmanager.sh start "${property_options[@]}"
  else
    [[ ${ha} != zookeeper ]] || quorum=" and ${quorum_peers} peers in ZooKeeper quorum"
    printf 'Starting HA cluster with %d masters%s.\n' "${#masters[@]}" "${quorum}"
    note_masters "${masters[@]}"
  fi
  note_workers "${workers[@]}"
  run_tasks
  print_summary
  # What has not started would be waited for in vain.
  [[ -z ${wait_seconds} || ${exit_code} -ne 0 ]] ||
    "${MASTERD_BIN}" status --wait "${wait_seconds}" "${property_options[@]}" || exit_code=$?
  exit "${exit_code}"
}

main "$@"
