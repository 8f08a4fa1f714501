#!/usr/bin/env bash
# Hostile frames for the embedded ZooKeeper server, beside a client that has to be served all the time.
#   fuzz.sh [--inputs 1000000] [--seed N]
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
exec "${tools}/deno.sh" run --quiet --no-check --allow-all "${tools}/../tests/fuzz/run.ts" "$@"
