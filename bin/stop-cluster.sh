#!/usr/bin/env bash
# Stops the workers and then the masters of this installation on all hosts of conf/workers and conf/masters, on each
# host in reverse order of their start.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/on-host.sh
source "${scripts}/lib/on-host.sh"

stop_daemons() { # SCRIPT LINE...: the last host first, each host once, this one by whatever name it is called
  local script="$1" index host locality
  local -a lines=("${@:2}")
  local -A seen=()
  for ((index = ${#lines[@]} - 1; index >= 0; index--)); do
    host="${lines[index]%%$'\t'*}" locality="${lines[index]##*$'\t'}"
    if [[ ${locality} == local ]]; then REPLY="local"; else REPLY="remote ${host}"; fi
    [[ -n ${seen[${REPLY}]:-} ]] || on_host "${host}" "${locality}" "${script}" stop-all
    seen[${REPLY}]=yes
  done
}

main() {
  local -a masters=("${HOSTNAME}"$'\t'"local") workers=()
  load_settings
  [[ ${ha} == none ]] || read_list masters masters
  read_list workers workers
  stop_daemons taskmanager.sh "${workers[@]}"
  stop_daemons jobmanager.sh "${masters[@]}"
  exit "${exit_code}"
}

main "$@"
