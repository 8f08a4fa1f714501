# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh, hosts.sh and ssh.sh
# Does what was noted by task() of hosts.sh. Sourced by it.

readonly ssh_parallel="${MASTERD_SSH_PARALLEL:-16}"
[[ ${ssh_parallel} =~ ^[1-9][0-9]{0,3}$ ]] ||
  fail 78 "MASTERD_SSH_PARALLEL=${ssh_parallel} is not a number of hosts from 1 to 9999."

# On each host one shell makes all calls, one after the other, and ends with the exit code of the first that failed.
# shellcheck disable=SC2016
readonly shell_start='first=0; run() { "$@" || { local code=$?; ((first != 0)) || first=$code; }; };' \
  shell_end=' exit $first' remote_end=" exit \$((first == 0 ? ${all_done} : first == ${all_done} ? 1 : first))"

declare -A host_pids=()  # of the calls that run, by number of the host
declare -A host_codes=() # the exit codes of those that have ended, by number of the host
host_output=""           # the folder of what the hosts print; empty if this host alone is called, which prints itself

# Where this host is called, the process group of `timeout` is that of the scripts, so that they end with it; the daemons
# have sessions of their own.
begin_host() { # NUMBER
  local -a call
  local script="${shell_start}${host_tasks[$1]}" missing
  if [[ ${host_keys[$1]} == local ]]; then
    call=(timeout -k 5 0 bash -c "${script}${shell_end}")
  else
    missing="$(quoted "[ERROR] There is no installation in ${home}: bin/deploy-cluster.sh copies it to the hosts.")"
    script="[[ -e $(quoted "${bin}/config.sh") ]] || { echo ${missing} >&2; exit 127; }; ${script}${remote_end}"
    # A login shell, because Java may be on its PATH only.
    ssh_call "${host_names[$1]}" "${host_users[$1]}" "${host_ports[$1]}" "/bin/bash -lc $(quoted "${script}")"
  fi
  if [[ -z ${host_output} ]]; then
    "${call[@]}" </dev/null &
  else
    "${call[@]}" </dev/null >"${host_output}/$1.out" 2>"${host_output}/$1.err" &
  fi
  host_pids[$1]=$!
}

collect_ended() {
  local number
  for number in "${!host_pids[@]}"; do
    ! kill -0 "${host_pids[${number}]}" 2>/dev/null || continue
    host_codes[${number}]=0
    wait "${host_pids[${number}]}" || host_codes[${number}]=$?
    unset "host_pids[${number}]"
  done
}

# Makes the calls that were noted. Each host's output is printed whole when it is complete, in the order of the hosts.
run_tasks() {
  local next=0 shown=0
  [[ ${host_keys[*]} == local ]] || host_output="$(mktemp -d)" || exit
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  trap 'interrupted 129' HUP
  while ((shown < ${#host_keys[@]})); do
    while ((next < ${#host_keys[@]} && ${#host_pids[@]} < ssh_parallel)); do
      begin_host "${next}"
      next=$((next + 1))
    done
    collect_ended
    while [[ -n ${host_codes[${shown}]:-} ]]; do
      show_host "${shown}" "${host_codes[${shown}]}"
      shown=$((shown + 1))
    done
    ((${#host_pids[@]} == 0)) || sleep 0.05
  done
  trap - INT TERM HUP
  forget_tasks
}

forget_tasks() {
  [[ -z ${host_output} ]] || rm -rf -- "${host_output}"
  host_output="" host_codes=()
  host_keys=() host_names=() host_users=() host_ports=() host_tasks=()
}

# Ends the calls. What another host has begun may go on there; a second run brings all to an end.
interrupted() { # EXIT_CODE
  local number pid
  trap '' INT TERM HUP
  collect_ended
  # Also of a call that has begun this moment.
  for pid in $(jobs -pr); do kill -TERM "${pid}" 2>/dev/null || true; done
  wait
  for ((number = shown; number < ${#host_keys[@]}; number++)); do
    if [[ -n ${host_codes[${number}]:-} ]]; then
      show_host "${number}" "${host_codes[${number}]}"
    elif ((number < next)); then
      show_output "${number}"
      note_result "${host_keys[number]}" "${host_names[number]}" "interrupted"
    else
      note_result "${host_keys[number]}" "${host_names[number]}" "not begun"
    fi
  done
  forget_tasks
  exit_code="$1"
  print_summary
  exit "$1"
}
