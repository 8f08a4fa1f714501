#!/usr/bin/env bash
# Brings up the cluster of conf/, and ZooKeeper with it if none answers: `run.sh` or `run.sh stop`.
# Needs nothing but Deno, which it fetches, unless conf/ asks for Apache ZooKeeper.
set -euo pipefail

readonly LEADER_LIMIT_S=60
tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
# shellcheck source=bin/config.sh
source "${tools}/../bin/config.sh"

# Does one step and says how long it took; one that fails ends this script.
step() { # NAME COMMAND...
  local started="${EPOCHREALTIME/[.,]/}" elapsed_ms
  "${@:2}"
  elapsed_ms=$(((${EPOCHREALTIME/[.,]/} - started) / 1000))
  printf -- '-- %s: %d.%03d s\n' "$1" $((elapsed_ms / 1000)) $((elapsed_ms % 1000))
}

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

check_configuration() {
  "${MASTERD_BIN}" check-config >/dev/null || exit
  [[ "${ha}" == none ]] || read_list masters masters
}

start_zookeeper() {
  local server
  ! zookeeper_answers || return 0
  server="$("${MASTERD_BIN}" zoo-cfg --server "${zookeeper_server:-auto}")" || exit
  [[ "${server}" == embedded ]] || "${tools}/zookeeper.sh" ensure
  "${bin}/start-zookeeper-quorum.sh"
}

await_leader() {
  leader="$("${MASTERD_BIN}" leader --wait "${LEADER_LIMIT_S}")"
}

print_cluster() {
  printf 'Leader: %s\n' "${leader}"
  if ((${#masters[@]} > 0)); then
    echo "Status of the masters:"
    status_urls
  fi
  echo "Stop with: make stop"
}

stop() {
  load_settings
  "${bin}/stop-cluster.sh"
  # Knows only the servers that this installation has started.
  "${bin}/stop-zookeeper-quorum.sh"
}

start() {
  local leader="" silent
  local -a masters=()
  step "Deno and settings" load_settings
  # A mistake in any file ends this before anything is started, ZooKeeper too.
  step "configuration" check_configuration
  # Also beneath masters that run: a server that is gone is what they wait for.
  [[ "${ha}" != zookeeper ]] || step "ZooKeeper" start_zookeeper
  if is_up; then
    await_leader
    silent="$(masters_that rest)"
    if [[ -n "${silent}" ]]; then
      printf 'The cluster is up, but these masters do not answer:\n%s\n' "${silent}" >&2
      echo "Start them with bin/jobmanager.sh start HOST PORT, or all anew with: make stop run" >&2
      return 1
    fi
    echo "The cluster is already up."
  else
    step "cluster" "${bin}/start-cluster.sh"
    step "leader" await_leader
  fi
  print_cluster
}

case "${1:-start}" in
  start | stop) "${1:-start}" ;;
  *) usage_error "Usage: tools/run.sh [start|stop]" ;;
esac
