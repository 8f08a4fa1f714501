# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh and rolling-restart.sh
# Which of the masters leads, as it is now. Sourced by rolling-restart.sh.

roles=()             # of the masters, in the order of `masters`
declare -A is_new=() # by number of the master: restarted, or left out

read_roles() {
  local line
  local -a lines=()
  # What is wrong is told by what is missing in the answer.
  mapfile -t lines < <(timeout 60 "${MASTERD_BIN}" status --roles "${property_options[@]}" 2>/dev/null)
  roles=()
  for line in "${lines[@]}"; do roles+=("${line##*$'\t'}"); done
}

master_name() { # NUMBER: into REPLY
  local host port
  IFS=$'\t' read -r host port _ <<<"${masters[$1]}"
  if [[ ${host} == *:* ]]; then REPLY="[${host}]:${port}"; else REPLY="${host}:${port}"; fi
}

find_master() { # ROLE: the first of this role that was not restarted, into REPLY
  for REPLY in "${!masters[@]}"; do
    [[ ${roles[REPLY]:-} != "$1" || -n ${is_new[${REPLY}]:-} ]] || return 0
  done
  return 1
}

count_roles() { # ROLE: into REPLY
  local role
  REPLY=0
  for role in "${roles[@]}"; do [[ ${role} != "$1" ]] || REPLY=$((REPLY + 1)); done
}
