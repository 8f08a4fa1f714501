# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of hosts.sh and task-run.sh
# Prints what the hosts have said, and notes how they ended. Sourced by hosts.sh.

# How a call over ssh ends that has done all. 0 may come from a login profile that ends the shell before, or that becomes
# another program.
readonly all_done=199

declare -A unreachable=() # by key of the host

# Whatever a shell or a banner has printed: control characters would move the cursor of who reads it.
printable() { # LINE: into REPLY
  local LC_ALL=C
  REPLY="${1%$'\r'}"
  REPLY="${REPLY//[$'\001'-$'\010'$'\013'-$'\037'$'\177']/?}"
  REPLY="${REPLY//$'\302'[$'\200'-$'\237']/?}"
}

print_lines() { # PREFIX: of what came over ssh; nothing for what was said here, which stays as it is
  local line
  while IFS= read -r line || [[ -n ${line} ]]; do
    REPLY="${line}"
    [[ -z $1 ]] || printable "${line}"
    printf '%s%s\n' "$1" "${REPLY}"
  done
}

show_output() { # NUMBER
  local prefix="${host_names[$1]}: "
  [[ -n ${host_output} ]] || return 0
  [[ ${host_keys[$1]} != local ]] || prefix=""
  print_lines "${prefix}" <"${host_output}/$1.out"
  print_lines "${prefix}" <"${host_output}/$1.err" >&2
}

show_host() { # NUMBER EXIT_CODE
  local key="${host_keys[$1]}" result="ok" success=0
  show_output "$1"
  [[ ${key} == local ]] || success="${all_done}"
  if (($2 != success)); then
    cause_of "$2" "${key}" "${host_output:+${host_output}/$1.err}"
    result="${REPLY}"
    ((exit_code != 0)) || exit_code=$(($2 == 0 ? 1 : $2))
    [[ ${key} == local || $2 != @(124|255) ]] || unreachable[${key}]=yes
  fi
  note_result "${key}" "${host_names[$1]}" "${result}"
}
