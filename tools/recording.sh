#!/usr/bin/env bash
# Records `make run`, `masterd status --watch` and a failover on a terminal, and writes what stood there between the marks in FILE
# (README.md): `recording.sh [FILE]`. Needs the binary (`make build`), and a kernel that gives namespaces to users.
set -euo pipefail
# Else the make that is recorded would say that it is called by another.
unset MAKEFLAGS MFLAGS MAKELEVEL

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools

main() {
  if (($# > 1)) || [[ "${1:-}" == -* ]]; then
    echo "Usage: tools/recording.sh [FILE]" >&2
    exit 64
  fi
  if [[ ! -x "${tools}/../dist/masterd" ]]; then
    echo "There is no dist/masterd: make build" >&2
    exit 1
  fi
  "${tools}/apt.sh" tmux=tmux ip=iproute2 unshare=util-linux
  "${tools}/zookeeper.sh" ensure
  exec "${tools}/deno.sh" run --quiet --allow-all --no-check "${tools}/recording.ts" "${1:-${tools}/../README.md}"
}

main "$@"
