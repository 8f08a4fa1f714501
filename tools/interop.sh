#!/usr/bin/env bash
# Tests against other clients of ZooKeeper: Kazoo and Curator, which share paths with us, and Apache's own
# client and shell; all of them on Apache's server and on the embedded one.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

# Names all that is missing, not only the first of it.
needed_tools() {
  local status=0
  "${tools}/zookeeper.sh" ensure || status=1
  "${tools}/apt.sh" javac=default-jdk-headless python3=python3 \
    /usr/lib/python3/dist-packages/kazoo=python3-kazoo \
    /usr/share/java/curator-recipes.jar=libcurator-recipes-java \
    /usr/share/zookeeper/bin/zkCli.sh=zookeeper || status=1
  return "${status}"
}

main() {
  if [[ "${1:-}" == --needed-tools ]]; then
    needed_tools
    return
  fi
  stage "tools" 300 "${tools}/interop.sh" --needed-tools
  # Without them every test would only say the same.
  ((failed == 0)) || summary
  stage "interop tests" 240 "${tools}/deno.sh" test --no-check --allow-all tests/interop
  stage "Curator and Kazoo on the embedded server" 120 env MASTERD_TEST_ZOOKEEPER=embedded \
    "${tools}/deno.sh" test --no-check --allow-all tests/interop/curator_latch_test.ts \
    tests/interop/kazoo_test.ts
  summary
}

main "$@"
