# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh, hosts.sh and rolling-restart.sh
# What the steps of a rolling restart have in common. Sourced by rolling-restart.sh.

restarted=() # names of what runs anew
current=""   # what is being restarted

stop_here() { # MESSAGE: the trap of rolling-restart.sh adds how it stands
  printf '[ERROR] %s\n' "$1" >&2
  ((exit_code != 0)) || exit_code=1
  exit "${exit_code}"
}

# A child that takes an interrupt as an end in order would let this script go on.
trap_signals() {
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
}

# Makes the calls that were noted by task.
call_host() {
  run_tasks
  trap_signals # run_tasks has its own
  ((exit_code == 0)) || stop_here "The restart of ${current} has failed."
}

# On hosts that cannot be reached, or have another version, nothing is stopped.
check_hosts() {
  local line
  local -x MASTERD_DAEMON_VERSION="${version}"
  local -a fields
  for line in "${masters[@]}"; do
    IFS=$'\t' read -r -a fields <<<"${line}" && task "${fields[0]}" "${fields[@]:2:3}" lib/check-host.sh
  done
  for line in "${workers[@]}" "${servers[@]#*$'\t'}"; do
    IFS=$'\t' read -r -a fields <<<"${line}" && task "${fields[@]:0:4}" lib/check-host.sh
  done
  run_tasks
  ((exit_code == 0)) || judge_hosts
}

# Even --force restarts nothing where it could not start again; hosts that are dark it passes over.
judge_hosts() {
  local key
  print_summary
  for key in "${!results[@]}"; do
    [[ ${results[${key}]} == ok || (-n ${force} && -n ${unreachable[${key}]:-}) ]] ||
      stop_here "Nothing was restarted, because not every host is ready for it."
  done
  exit_code=0
}

is_dark() { # HOST LOCALITY USER SSH_PORT
  [[ $2 == remote && -n ${unreachable["$3@${1,,}:$4"]:-} ]]
}

leave_out() { # NAME
  printf '[WARN] Left out: %s.\n' "$1" >&2
}

join_names() { # of what runs anew
  local text
  printf -v text '%s, ' "${restarted[@]:-nothing}"
  printf '%s' "${text%, }"
}

begin_step() { # NAME [ROLE]
  current="$1"
  printf 'Restarting %s%s.\n' "$1" "${2:+ (${2})}"
}

end_step() {
  restarted+=("${current}")
  current=""
}

await() { # MESSAGE COMMAND...: asks until the command succeeds
  local deadline
  uptime
  deadline=$((REPLY + 100 * restart_timeout))
  until "${@:2}"; do
    uptime
    ((REPLY < deadline)) || stop_here "$1 within ${restart_timeout} seconds."
    sleep 0.2
  done
}

# With --force the cluster need not be well, and what is started is trusted to be so.
await_cluster() {
  [[ -z ${force} ]] || return 0
  "${MASTERD_BIN}" status --wait "${restart_timeout}" "${property_options[@]}" >/dev/null ||
    stop_here "Not all is well ${restart_timeout} seconds after the restart of ${restarted[-1]}."
}
