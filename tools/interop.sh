#!/usr/bin/env bash
# Tests against the other clients of ZooKeeper that share paths with us: Kazoo and Curator.
set -euo pipefail

tools="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)"
readonly tools
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

needed_tools() {
  "${tools}/zookeeper.sh" ensure
  "${tools}/apt.sh" javac=default-jdk-headless python3=python3 \
    /usr/lib/python3/dist-packages/kazoo=python3-kazoo \
    /usr/share/java/curator-recipes.jar=libcurator-recipes-java
}

main() {
  if [[ "${1:-}" == --needed-tools ]]; then needed_tools && return; fi
  stage "tools" 300 "${BASH_SOURCE[0]}" --needed-tools
  stage "interop tests" 240 "${tools}/deno.sh" test --no-check --allow-all tests/interop
  summary
}

main "$@"
