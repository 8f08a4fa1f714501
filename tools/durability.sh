#!/usr/bin/env bash
# The embedded ZooKeeper server is killed under load, again and again; each time everything must be there that
# it had acknowledged: writes, sessions, and what it had shown to readers.
#   durability.sh [--kills 500] [--seed N] [--binary dist/masterd]
# Without --binary it is the server as a program of the tests, from its sources.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
exec "${tools}/deno.sh" run --quiet --no-check --allow-all "${tools}/../tests/durability/run.ts" "$@"
