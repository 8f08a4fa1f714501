# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, ssh.sh and hosts.sh
# How the calls on each host ended: the first failure of a host is its result. Sourced by hosts.sh.

result_names=()       # of the hosts, in the order of their first calls
declare -A results=() # by key of the host: ok, or the cause
summary_matters=""    # a host is remote, or has failed

note_result() { # KEY HOST RESULT
  [[ $1 == local && $3 == ok ]] || summary_matters=yes
  [[ -n ${results[$1]:-} ]] || result_names+=("$1"$'\t'"$2")
  [[ ${results[$1]:-ok} != ok ]] || results[$1]="$3"
}

# The line of what a host has said that tells most: a full disk, the error of a script of ours, else the last.
telling_line() { # ERROR_FILE: into REPLY
  local line text
  text="$(tr -d '\000' <"$1")"
  # Blank lines are none.
  line="$(grep -a -m 1 'No space left on device' <<<"${text}" ||
    grep -a -m 1 -E '^\[ERROR\] |^Error starting ' <<<"${text}" || grep -a . <<<"${text}" | tail -n 1)" || true
  printable "${line#\[ERROR\] }"
}

cause_of() { # CODE KEY ERROR_FILE: why a host has failed, into REPLY
  local cause="exit code $1"
  if [[ $2 != local ]]; then
    case "$1" in
      0) cause="its login profile ends the shell before the scripts are called" ;;
      124 | 137) cause="not done within ${ssh_timeout} seconds" ;;
      255) ssh_cause "$(tr -d '\000' <"$3")" && cause="${REPLY}" ;;
    esac
  fi
  REPLY=""
  [[ ! -s $3 ]] || telling_line "$3"
  REPLY="${cause}${REPLY:+: ${REPLY}}"
}

print_summary() { # table of hosts and results; nothing if this host alone was called, and all is well
  local entry host width=4 stream=1
  [[ -n ${summary_matters} ]] || return 0
  ((exit_code == 0)) || stream=2
  for entry in "${result_names[@]}"; do
    host="${entry#*$'\t'}"
    ((${#host} <= width)) || width="${#host}"
  done
  printf '%-*s  %s\n' "${width}" HOST RESULT >&"${stream}"
  for entry in "${result_names[@]}"; do
    printf '%-*s  %s\n' "${width}" "${entry#*$'\t'}" "${results[${entry%%$'\t'*}]}" >&"${stream}"
  done
}
