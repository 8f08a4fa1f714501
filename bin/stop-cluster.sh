#!/usr/bin/env bash
# Stops the workers and then the masters of this installation on all hosts of conf/workers and conf/masters, on each
# host in reverse order of their start.
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"

readonly status_timeout=15 # seconds

place_of() { # LINE FIELD: its host and login into REPLY; this host is one by whatever name it is called
  local -a login
  IFS=$'\t' read -r -a login <<<"$1"
  REPLY="${login[0],,} ${login[*]:$2:3}"
  [[ ${login[$2]} != local ]] || REPLY="local"
}

stop_daemons() { # SCRIPT FIELD PLACE LINE...: the last host first, each host once, and not that of PLACE
  local index
  local -a lines=("${@:4}") login
  local -A seen=(["place $3"]=yes)
  for ((index = ${#lines[@]} - 1; index >= 0; index--)); do
    IFS=$'\t' read -r -a login <<<"${lines[index]}"
    place_of "${lines[index]}" "$2"
    [[ -n ${seen["place ${REPLY}"]:-} ]] || task "${login[0]}" "${login[@]:$2:3}" "$1" stop-all
    seen["place ${REPLY}"]=yes
  done
  run_tasks
}

# The roles of the masters, in the order of their lines, into `roles`; none if nobody can tell.
read_roles() { # COUNT
  mapfile -t roles < <(timeout "${status_timeout}" "${MASTERD_BIN}" status --roles 2>/dev/null)
  roles=("${roles[@]##*$'\t'}")
  ((${#roles[@]} == $1)) || roles=()
}

note_standbys_at() { # PLACE LINE...
  local index
  local -a lines=("${@:2}") master
  for index in "${!lines[@]}"; do
    place_of "${lines[index]}" 2
    [[ ${REPLY} == "$1" && ${roles[index]} == standby ]] || continue
    IFS=$'\t' read -r -a master <<<"${lines[index]}"
    # Port 0 names none.
    [[ ${master[1]} == 0 ]] || task "${master[0]}" "${master[@]:2:3}" jobmanager.sh stop "${master[@]:0:2}"
  done
}

# A leader that stops before the others is replaced for a moment by one of them: its host comes last, and there it does.
stop_masters() { # LINE...
  local index place leader=""
  local -a lines=("$@") roles=()
  (($# == 1)) || read_roles "$#"
  for index in "${!roles[@]}"; do
    [[ ${roles[index]} != leader ]] || leader="${lines[index]}"
  done
  if [[ -n ${leader} ]]; then
    place_of "${leader}" 2
    place="${REPLY}"
    note_standbys_at "${place}" "$@"
    stop_daemons jobmanager.sh 2 "${place}" "$@"
    lines=("${leader}")
  fi
  stop_daemons jobmanager.sh 2 "" "${lines[@]}"
}

main() {
  (($# == 0)) || usage_error "Usage: stop-cluster.sh"
  local -a masters=("${HOSTNAME}"$'\t-\tlocal\t-\t-') workers=()
  load_settings
  [[ ${ha} == none ]] || read_list masters masters
  read_list workers workers
  stop_daemons taskmanager.sh 1 "" "${workers[@]}"
  stop_masters "${masters[@]}"
  print_summary
  exit "${exit_code}"
}

main "$@"
