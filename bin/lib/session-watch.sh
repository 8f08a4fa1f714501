#!/usr/bin/env bash
# Waits for the death of its parent, a master, and then runs `masterd release` if that has left its session file behind.
# Not to be called by hand: the system tells it by the signal USR1 (setpriv --pdeathsig).
set -euo pipefail

release() {
  # The system tells it anew for each thread of the master that dies.
  trap '' USR1
  [[ -e ${session_file} ]] || exit 0
  exec "${MASTERD_BIN}" release --session-file "${session_file}" >/dev/null
}

main() { # PID SESSION_FILE
  local silence
  readonly session_file="$2"
  trap release USR1
  # It may have died before anything could tell.
  [[ ${PPID} == "$1" ]] || release
  # A pipe into which nobody writes.
  exec {silence}<> <(:)
  while :; do read -r -u "${silence}" || true; done
}

main "$@"
