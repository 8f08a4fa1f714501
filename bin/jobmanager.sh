#!/usr/bin/env bash
# Starts or stops a master on this host. Arguments after host and port go to `masterd jobmanager`.
set -euo pipefail
# shellcheck source=bin/config.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/config.sh"

readonly usage="Usage: jobmanager.sh ((start|start-foreground) [host] [webui-port] [args])|(stop [host] [webui-port])|stop-all"

main() {
  local verb="${1:-}" host="" port="" instance="${MASTERD_DAEMON_INSTANCE:-}"
  local -a options=()
  case "${verb}" in
    start | start-foreground | stop | stop-all) shift ;;
    *) usage_error "${usage}" ;;
  esac
  if [[ $# -gt 0 && $1 != -* ]]; then
    host="$1" options+=(--host "$1")
    shift
    if [[ $# -gt 0 && $1 != -* ]]; then
      port="$1" options+=(--webui-port "$1")
      shift
    fi
  fi
  [[ -z ${port} ]] || instance="${host}-${port}"
  load_settings
  export MASTERD_DAEMON_HOST="${MASTERD_DAEMON_HOST:-${host}}"
  case "${verb}" in
    stop | stop-all) exec "${bin}/masterd-daemon.sh" "${verb}" standalonesession "${instance}" ;;
    *) exec "${bin}/masterd-daemon.sh" "${verb}" standalonesession "${instance}" \
      "${MASTERD_BIN}" jobmanager --configDir "${config_dir}" "${options[@]}" "$@" ;;
  esac
}

main "$@"
