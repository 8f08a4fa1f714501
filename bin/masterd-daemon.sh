#!/usr/bin/env bash
# Runs a command as a daemon of this installation, with pid and log file, and stops such daemons. The other scripts
# call it; by hand it is good for `stop` and `stop-all`.
#
# Environment, in seconds: MASTERD_START_TIMEOUT (30; then the start has failed), MASTERD_STOP_TIMEOUT (40; then KILL),
# MASTERD_LOCK_TIMEOUT (60; how long another start or stop is waited for), MASTERD_RELEASE_TIMEOUT (15; how long the
# release of a dead master's session is waited for). Daemons are told MASTERD_READY_FILE (to be written when they serve)
# and, if they are masters, MASTERD_SESSION_FILE (to be left behind, if they crash, for `masterd release`).
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/pid-file.sh
source "${scripts}/lib/pid-file.sh"
# shellcheck source=bin/lib/process.sh
source "${scripts}/lib/process.sh"
# shellcheck source=bin/lib/session.sh
source "${scripts}/lib/session.sh"
# shellcheck source=bin/lib/start.sh
source "${scripts}/lib/start.sh"
# shellcheck source=bin/lib/stop.sh
source "${scripts}/lib/stop.sh"

readonly usage="Usage: masterd-daemon.sh (start|start-foreground|stop|stop-all) (standalonesession|taskexecutor|zookeeper) [instance] [command...]"

main() {
  local verb="${1:-}" daemon="${2:-}"
  # shellcheck disable=SC2034 # for start.sh and stop.sh
  local host="${MASTERD_DAEMON_HOST:-${HOSTNAME}}"
  case "${daemon}" in
    standalonesession | taskexecutor | zookeeper) ;;
    *) usage_error "Unknown daemon '${daemon}'. ${usage}." ;;
  esac
  case "${verb}" in
    start | start-foreground | stop | stop-all) ;;
    *) usage_error "Unexpected argument '${verb}'. ${usage}." ;;
  esac
  [[ ${verb} != start* || $# -ge 4 ]] || usage_error "No command to start. ${usage}."
  load_settings
  case "${verb}" in
    start | start-foreground) start "${verb}" "${@:3}" ;;
    stop) stop "${3:-}" ;;
    stop-all) stop_all ;;
  esac
}

main "$@"
