#!/usr/bin/env bash
# Stops the workers and then the masters of this installation on all hosts of conf/workers and conf/masters, on each
# host in reverse order of their start.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"

stop_daemons() { # SCRIPT FIELD LINE...: the last host first, each host once, this one by whatever name it is called
  local index host place
  local -a lines=("${@:3}") login
  local -A seen=()
  for ((index = ${#lines[@]} - 1; index >= 0; index--)); do
    IFS=$'\t' read -r -a login <<<"${lines[index]}"
    host="${login[0]}" login=("${login[@]:$2:3}")
    place="${host,,} ${login[*]}"
    [[ ${login[0]} != local ]] || place="local"
    [[ -n ${seen[${place}]:-} ]] || task "${host}" "${login[@]}" "$1" stop-all
    seen[${place}]=yes
  done
  run_tasks
}

main() {
  local -a masters=("${HOSTNAME}"$'\t-\tlocal\t-\t-') workers=()
  load_settings
  [[ ${ha} == none ]] || read_list masters masters
  read_list workers workers
  stop_daemons taskmanager.sh 1 "${workers[@]}"
  stop_daemons jobmanager.sh 2 "${masters[@]}"
  print_summary
  exit "${exit_code}"
}

main "$@"
