#!/usr/bin/env bash
# Starts or stops a worker on this host. Further arguments of a start go to `masterd taskmanager`.
set -euo pipefail
# shellcheck source=bin/config.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/config.sh"

readonly usage="Usage: taskmanager.sh ((start|start-foreground) [args])|stop|stop-all"

main() {
  local verb="${1:-}" instance="${MASTERD_DAEMON_INSTANCE:-}"
  case "${verb}" in
    start | start-foreground | stop | stop-all) shift ;;
    *) usage_error "${usage}" ;;
  esac
  load_settings
  case "${verb}" in
    stop | stop-all) exec "${bin}/masterd-daemon.sh" "${verb}" taskexecutor "${instance}" ;;
    *) exec "${bin}/masterd-daemon.sh" "${verb}" taskexecutor "${instance}" \
      "${MASTERD_BIN}" taskmanager --configDir "${config_dir}" "$@" ;;
  esac
}

main "$@"
