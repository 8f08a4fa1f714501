#!/usr/bin/env bash
# Random programs on Apache ZooKeeper and on the embedded server, whose answers must be the same.
#   differential.sh [--operations 10000] [--programs 1] [--seed N]
# A difference is told with its seed, what both answered, and the steps before it on the same paths.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
"${tools}/zookeeper.sh" ensure
exec "${tools}/deno.sh" run --quiet --no-check --allow-all "${tools}/../tests/differential/run.ts" "$@"
