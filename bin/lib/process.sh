# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh
# The life of a single process: launched, awaited, ended; every wait has a limit. Sourced, after pid-file.sh.

readonly start_timeout="${MASTERD_START_TIMEOUT:-30}" stop_timeout="${MASTERD_STOP_TIMEOUT:-40}" # seconds; daemons have 30 s for their own end

uptime() { # hundredths of a second into REPLY, by a clock that nobody sets
  read -r REPLY _ </proc/uptime
  REPLY=$((10#${REPLY/./}))
}

# A daemon knows nothing of the script that started it: no variables, no open files, above all not the lock.
become() { # COMMAND...
  local descriptor
  unset MASTERD_SCRIPT_ENV MASTERD_READY_ADDRESS MASTERD_READY_QUESTION MASTERD_READY_ANSWER "${!MASTERD_DAEMON_@}"
  for descriptor in "/proc/${BASHPID}/fd"/*; do
    descriptor="${descriptor##*/}"
    ((descriptor <= 2)) || exec {descriptor}<&-
  done
  # Each client holds a file; at the soft limit of a login shell a server would turn deaf.
  ulimit -S -n "$(ulimit -H -n)" || true
  cd -- "${home}" || return
  exec "$@"
}

# The process writes itself into the pid file, and the lock is free only after that: whenever this script is
# interrupted, no daemon runs that nobody could find again.
launch() { # INSTANCE HOST LOG_FILE COMMAND...: the pid into REPLY
  set +m # with job control setsid would fork, and $! would be another process than the daemon
  {
    start_watch "$1"
    add_instance "${BASHPID}" "$1" "$2" "${REPLY}"
    become setsid nohup "${@:4}"
  } </dev/null >>"$3" 2>&1 &
  REPLY=$!
}

# Asks the address; what it says has to begin with the answer. Without a question it is enough that it accepts.
is_ready() {
  local line
  if [[ -z ${MASTERD_READY_ADDRESS:-} ]]; then
    [[ -s ${MASTERD_READY_FILE} ]]
  else
    # shellcheck disable=SC2016
    line="$(timeout 2 bash -c 'exec 3<>"/dev/tcp/$0" || exit
      [[ -n $1 ]] || exit 0
      printf %s "$1" >&3 && read -r -t 1 line <&3 && printf %s "${line}"' \
      "${MASTERD_READY_ADDRESS}" "${MASTERD_READY_QUESTION:-}" 2>/dev/null)" &&
      [[ ${line} == "${MASTERD_READY_ANSWER:-}"* ]]
  fi
}

await_ready() { # PID START_TIME: fails with 1 when the process died, with 2 when it lives and is not ready in time
  local deadline
  uptime
  deadline=$((REPLY + 100 * start_timeout))
  while is_alive "$1" "$2"; do
    ! is_ready || return 0
    uptime
    ((REPLY < deadline)) || return 2
    sleep 0.05
  done
  return 1
}

await_end() { # PID START_TIME SECONDS: fails when the process is still there
  local deadline
  uptime
  deadline=$((REPLY + 100 * $3))
  while is_alive "$1" "$2"; do
    uptime
    ((REPLY < deadline)) || return 1
    sleep 0.05
  done
}

end_process() { # DAEMON PID START_TIME
  ! is_alive "$2" "$3" || kill -TERM "$2" 2>/dev/null || true # gone, or not ours: the wait tells
  if ! await_end "$2" "$3" "${stop_timeout}"; then
    printf "Daemon %s didn't stop within %s seconds. Killing it.\n" "$1" "${stop_timeout}"
    kill -KILL "$2" 2>/dev/null || true
    await_end "$2" "$3" 5 || fail 1 "Cannot stop the $1 daemon with pid $2: it survived its KILL signal."
  fi
}
