#!/usr/bin/env bash
# Brings up the cluster of conf/, and ZooKeeper with it if none answers: `run.sh` or `run.sh stop`.
set -euo pipefail

readonly LEADER_LIMIT_S=60
tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
# shellcheck source=bin/config.sh
source "${tools}/../bin/config.sh"
load_settings

# Prints `host<TAB>port` of the masters whose status port answers, or of the others.
masters_that() { # answer|rest
  local line host port result
  for line in "${masters[@]}"; do
    IFS=$'\t' read -r host port _ <<<"${line}"
    result=rest
    if timeout 2 bash -c "exec 3<>'/dev/tcp/${host}/${port}'" 2>/dev/null; then result=answer; fi
    if [[ "${result}" == "$1" ]]; then printf '%s\t%s\n' "${host}" "${port}"; fi
  done
}

# Without high availability there is one master, and no list of masters.
is_up() {
  if [[ "${ha}" == none ]]; then
    "${MASTERD_BIN}" leader >/dev/null 2>&1
  else
    [[ -n "$(masters_that answer)" ]]
  fi
}

status_urls() {
  local line host port
  for line in "${masters[@]}"; do
    IFS=$'\t' read -r host port _ <<<"${line}"
    [[ "${host}" != *:* ]] || host="[${host}]"
    printf '  http://%s:%s/\n' "${host}" "${port}"
  done
}

zookeeper_answers() {
  "${tools}/deno.sh" run --quiet --allow-all "${tools}/zookeeper_answers.ts" "${home}" "${config_dir}"
}

print_cluster() {
  printf 'Leader: %s\n' "$1"
  if ((${#masters[@]} > 0)); then
    echo "Status of the masters:"
    status_urls
  fi
  echo "Stop with: make stop"
}

stop() {
  "${bin}/stop-cluster.sh"
  # Knows only the servers that this installation has started.
  "${bin}/stop-zookeeper-quorum.sh"
}

start() {
  local leader silent
  local -a masters=()
  # A mistake in any file ends this before anything is started, ZooKeeper too.
  "${MASTERD_BIN}" check-config >/dev/null || exit
  [[ "${ha}" == none ]] || read_list masters masters
  if is_up; then
    leader="$("${MASTERD_BIN}" leader --wait "${LEADER_LIMIT_S}")"
    silent="$(masters_that rest)"
    if [[ -n "${silent}" ]]; then
      printf 'The cluster is up, but these masters do not answer:\n%s\n' "${silent}" >&2
      echo "Start them with bin/jobmanager.sh start HOST PORT, or all anew with: make stop run" >&2
      return 1
    fi
    echo "The cluster is already up."
  else
    if [[ "${ha}" == zookeeper ]] && ! zookeeper_answers; then
      "${tools}/zookeeper.sh" ensure
      "${bin}/start-zookeeper-quorum.sh"
    fi
    "${bin}/start-cluster.sh"
    leader="$("${MASTERD_BIN}" leader --wait "${LEADER_LIMIT_S}")"
  fi
  print_cluster "${leader}"
}

case "${1:-start}" in
  start | stop) "${1:-start}" ;;
  *) usage_error "Usage: tools/run.sh [start|stop]" ;;
esac
