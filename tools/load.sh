#!/usr/bin/env bash
# Many connections, sessions and watches on the embedded ZooKeeper server, and greetings that never end.
#   load.sh [--connections 10000] [--watches 100000] [--loris 2000]
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
# For the server and for the clients, each a process of its own.
ulimit -n "$(ulimit -Hn)"
exec "${tools}/deno.sh" run --quiet --no-check --allow-all "${tools}/../tests/load/run.ts" "$@"
