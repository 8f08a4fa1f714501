# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, pid-file.sh and masterd-daemon.sh
# Stops instances of `daemon`. Sourced by masterd-daemon.sh.

stop_instance() { # INDEX
  local pid started name
  IFS=$'\t' read -r pid started _ name _ <<<"${live[$1]}"
  printf 'Stopping %s daemon (pid: %s) on host %s.\n' "${daemon}" "${pid}" "${name}"
  end_process "${daemon}" "${pid}" "${started}"
  remove_instance "$1"
}

nothing_to_stop() {
  printf 'No %s daemon to stop on host %s.\n' "${daemon}" "${host}"
}

# The instance that is named, or else the one that was started last.
stop() { # [INSTANCE]
  local pid name="${1//[^A-Za-z0-9._-]/_}"
  open_pid_file "${daemon}"
  for pid in "${stale[@]}"; do
    printf 'No %s daemon (pid: %s) is running anymore on %s.\n' "${daemon}" "${pid}" "${host}"
  done
  REPLY=$((${#live[@]} - 1))
  [[ -z ${name} ]] || find_instance "${name}" || REPLY=-1
  if ((REPLY >= 0)); then stop_instance "${REPLY}"; else nothing_to_stop; fi
}

# All of them, in reverse order of their start.
stop_all() {
  local pid
  open_pid_file "${daemon}"
  for pid in "${stale[@]}"; do
    printf 'Skipping %s daemon (pid: %s), because it is not running anymore on %s.\n' "${daemon}" "${pid}" "${host}"
  done
  ((${#live[@]} > 0)) || nothing_to_stop
  while ((${#live[@]} > 0)); do stop_instance $((${#live[@]} - 1)); done
}
