#!/usr/bin/env bash
# The fault campaign against the built dist/masterd; `tools/faults.sh --help` tells its parts and options.
set -euo pipefail

main() {
  "${tools}/apt.sh" perl=perl-base setpriv=util-linux
  "${tools}/zookeeper.sh" ensure
  exec "${tools}/deno.sh" run --no-check --allow-all "${tools}/../tests/faults/run.ts" "$@"
}

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
main "$@"
