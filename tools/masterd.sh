#!/usr/bin/env bash
# Runs masterd from its source, with the permissions that the built binary has.
set -euo pipefail

main() {
  local root
  local -a permissions
  root="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."
  mapfile -t permissions < <("${root}/tools/permissions.sh")
  # In the place of this shell: whoever keeps its pid has the pid of the daemon.
  exec "${root}/tools/deno.sh" run --quiet --no-prompt "${permissions[@]}" "${root}/main.ts" "$@"
}

main "$@"
