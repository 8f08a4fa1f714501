# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, pid-file.sh and masterd-daemon.sh
# The session file of a master: what ends its ZooKeeper session once it is dead, so that another leads at once instead
# of after the session timeout. The daemon holds the file locked while it lives, and removes it when it ends in order;
# `masterd release` does nothing to a living one. Sourced, after pid-file.sh and process.sh.

readonly release_timeout="${MASTERD_RELEASE_TIMEOUT:-15}" # seconds

session_file_of() { # INSTANCE: into REPLY
  REPLY="${pid_file%.pid}-${1//[^A-Za-z0-9._-]/_}.session"
}

log_file_of() { # INSTANCE: into REPLY
  REPLY="${log_dir}/masterd-${user}-${daemon}-${1//[^A-Za-z0-9._-]/_}-${HOSTNAME}.log"
}

# Called by the process that is about to become the daemon: the watch is a child of the daemon, which neither knows it
# nor depends on it, and keeps its pid, its exit code and its signals.
start_watch() { # INSTANCE: pid and start time of the watch into REPLY; nothing for a daemon without a session
  local watched="${BASHPID}" pid
  REPLY=""
  [[ ${daemon} == standalonesession ]] || return 0
  session_file_of "$1"
  export MASTERD_SESSION_FILE="${REPLY}"
  set +m # with job control setsid would fork, and $! would be another process
  # In a session of its own: a Ctrl-C is for the daemon alone.
  become setsid setpriv --pdeathsig USR1 -- "${bin}/lib/session-watch.sh" "${watched}" "${MASTERD_SESSION_FILE}" \
    </dev/null &
  pid=$!
  if start_time "${pid}"; then REPLY="${pid}"$'\t'"${REPLY}"; else REPLY=""; fi
}

await_watch() { # PID START_TIME
  ! is_alive "$1" "$2" || await_end "$1" "$2" "${release_timeout}" || kill -KILL "$1" 2>/dev/null || true
}

release_session() { # INSTANCE
  local file log
  session_file_of "$1"
  file="${REPLY}"
  [[ -e ${file} ]] || return 0
  log_file_of "$1"
  log="${REPLY}"
  timeout "${release_timeout}" "${MASTERD_BIN}" release --session-file "${file}" </dev/null >/dev/null 2>>"${log}" ||
    printf '[WARN] The session of %s daemon %s is not released: see %s\n' "${daemon}" "$1" "${log}" >&2
}

# What a daemon has left behind that died, or that was interrupted while it started.
clean_up_after() { # LINE: without pid and start time, whoever wrote the rest
  local instance watch started
  IFS=$'\t' read -r instance _ watch started _ <<<"$1"
  await_watch "${watch}" "${started}"
  # The watch may have been killed with its daemon.
  release_session "${instance}"
  # Whole or half written.
  rm -f -- "${pid_file%.pid}-${instance//[^A-Za-z0-9._-]/_}.ready"*
}
