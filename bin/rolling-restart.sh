#!/usr/bin/env bash
# Restarts the whole cluster without a gap, one daemon after the other: the masters that stand by, then the leader, which
# hands leadership over before, then the workers; with --zookeeper, before all of them, the ZooKeeper servers. Stops at the
# first failure.
#
# Environment: that of the other scripts, MASTERD_RESTART_TIMEOUT (60; seconds that a daemon may take to be back).
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/process.sh
source "${scripts}/lib/process.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"
# shellcheck source=bin/lib/rolling-steps.sh
source "${scripts}/lib/rolling-steps.sh"
# shellcheck source=bin/lib/rolling-roles.sh
source "${scripts}/lib/rolling-roles.sh"
# shellcheck source=bin/lib/rolling-masters.sh
source "${scripts}/lib/rolling-masters.sh"
# shellcheck source=bin/lib/rolling-workers.sh
source "${scripts}/lib/rolling-workers.sh"
# shellcheck source=bin/lib/rolling-quorum.sh
source "${scripts}/lib/rolling-quorum.sh"

readonly usage="Usage: rolling-restart.sh [--zookeeper] [--force] [-D key=value]... [-z cluster-id]"
readonly restart_timeout="${MASTERD_RESTART_TIMEOUT:-60}"

force="" zookeeper="" has_begun="" has_ended=""
masters=() workers=()

read_arguments() { # ARGUMENT...: properties as start-cluster.sh takes them
  while (($# > 0)); do
    case "$1" in
      --force) force=yes ;;
      --zookeeper) zookeeper=yes ;;
      -D | -z) (($# > 1)) || usage_error "${usage}" ;;&
      -D) property_options+=(-D "$2") && shift ;;
      -z) property_options+=(-D "high-availability.cluster-id=$2") && shift ;;
      -D*) property_options+=(-D "${1#-D}") ;;
      *) usage_error "${usage}" ;;
    esac
    shift
  done
  [[ ${restart_timeout} =~ ^[1-9][0-9]{0,5}$ ]] ||
    fail 78 "MASTERD_RESTART_TIMEOUT=${restart_timeout} is not a number of seconds from 1 to 999999."
}

# However it ends early: what is new, who leads, how to go on.
# shellcheck disable=SC2317 # the trap calls it
tell_state() {
  local leader="no leader is known"
  [[ -n ${has_begun} && -z ${has_ended} ]] || return 0
  trap '' INT TERM HUP
  read_roles
  is_new=()
  ! find_master leader || { master_name "${REPLY}" && leader="${REPLY} leads"; }
  printf '%s; restarted so far: %s%s. To go on: bin/start-cluster.sh starts what is missing,%s %s\n' "${leader}" \
    "$(join_names)" "${current:+; ${current} may be stopped}" "${zookeeper:+ bin/start-zookeeper-quorum.sh ZooKeeper;}" \
    "then call rolling-restart.sh again, which begins anew." >&2
}

main() {
  read_arguments "$@"
  load_settings
  [[ ${ha} != none ]] || fail 1 "Without high availability there is nothing to hand over: bin/stop-cluster.sh, bin/start-cluster.sh."
  read_list masters masters "${property_options[@]}"
  read_list workers workers
  [[ -z ${zookeeper} ]] || read_list servers quorum-servers
  if [[ -z ${force} ]]; then
    require_masters
    [[ -z ${zookeeper} ]] || require_quorum
  fi
  check_hosts
  export MASTERD_DAEMON_OF_CLUSTER=yes
  trap tell_state EXIT
  trap_signals
  has_begun=yes
  [[ -z ${zookeeper} ]] || restart_quorum
  restart_masters
  restart_workers "${workers[@]}"
  has_ended=yes
  printf 'Restarted: %d daemons.\n' "${#restarted[@]}"
}

main "$@"
