# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, pid-file.sh and masterd-daemon.sh
# Starts one instance of `daemon` and waits until it serves. Sourced by masterd-daemon.sh.

# Without a name an instance gets the smallest number that is free. What runs already is not started again.
choose_instance() { # VERB NAME: the instance into REPLY
  local info pid other name="${2//[^A-Za-z0-9._-]/_}"
  info="[INFO] ${#live[@]} instance(s) of ${daemon} are already running on ${host}."
  if [[ -n ${name} ]] && find_instance "${name}"; then
    IFS=$'\t' read -r pid _ _ other _ <<<"${live[REPLY]}"
    # conf/workers may list a host under two names.
    if [[ ${other} == "${host}" ]]; then other=""; else other=", started for host ${other}"; fi
    printf '%s\n[INFO] %s is one of them (pid: %s%s): nothing started.\n' "${info}" "${name}" "${pid}" "${other}"
    if [[ $1 == start ]]; then exit 0; else exit 1; fi
  fi
  # start-cluster.sh starts several instances on purpose.
  [[ ${#live[@]} -eq 0 || -n ${MASTERD_DAEMON_OF_CLUSTER:-} ]] || printf '%s\n' "${info}"
  if [[ -z ${name} ]]; then
    for ((name = 0; name < ${#live[@]}; name++)); do find_instance "${name}" || break; done
  fi
  REPLY="${name}"
}

rotate() { # FILE: to FILE.1, FILE.2, as many as env.log.max allows
  local number
  [[ -s $1 ]] || return 0
  for ((number = log_max - 1; number > 0; number--)); do
    [[ ! -e $1.${number} ]] || mv -f -- "$1.${number}" "$1.$((number + 1))"
  done
  if ((log_max > 0)); then mv -f -- "$1" "$1.1"; else rm -f -- "$1"; fi
}

report_failed_start() { # REASON LOG_FILE
  lock_pid_file # takes the line out
  printf 'Error starting %s daemon on host %s: %s. The end of %s:\n' "${daemon}" "${host}" "$1" "$2" >&2
  tail -n 20 -- "$2" >&2
}

await_start() { # PID LOG_FILE: ends the script with the exit code of a daemon that died
  local started waited=1 code=0
  if start_time "$1"; then
    started="${REPLY}" waited=0
    await_ready "$1" "${started}" || waited=$?
  fi
  if ((waited == 0)); then
    rm -f -- "${MASTERD_READY_FILE}"
    return
  fi
  if ((waited == 2)); then
    end_process "${daemon}" "$1" "${started}"
    report_failed_start "it was not ready within ${start_timeout} seconds" "$2"
  else
    wait "$1" || code=$?
    report_failed_start "it ended with exit code ${code}" "$2"
  fi
  # Whoever ends while starting has not started, whatever the exit code says.
  exit "$((code == 0 ? 1 : code))"
}

start() { # VERB INSTANCE COMMAND...
  local instance log_file pid
  mkdir -p -- "${pid_dir}" "${log_dir}"
  open_pid_file "${daemon}"
  choose_instance "$1" "$2"
  instance="${REPLY}"
  log_file_of "${instance}"
  log_file="${REPLY}"
  [[ -z ${MASTERD_READY_ADDRESS:-} ]] || ! is_ready || fail 1 \
    "Cannot start the ${daemon} daemon on host ${host}: a server answers at ${MASTERD_READY_ADDRESS/\//:} already."
  [[ $1 == start-foreground ]] || rotate "${log_file}"
  release_session "${instance}"
  : >>"${pid_file}" # fails now, when nothing has been said or started
  if [[ $1 == start-foreground ]]; then
    printf 'Starting %s as a console application on host %s.\n' "${daemon}" "${host}"
    start_watch "${instance}"
    add_instance "$$" "${instance}" "${host}" "${REPLY}"
    become "${@:3}"
  fi
  export MASTERD_READY_FILE="${pid_file%.pid}-${instance}.ready"
  rm -f -- "${MASTERD_READY_FILE}"
  printf 'Starting %s daemon on host %s.\n' "${daemon}" "${host}"
  launch "${instance}" "${host}" "${log_file}" "${@:3}"
  pid="${REPLY}"
  close_pid_file
  await_start "${pid}" "${log_file}"
}
