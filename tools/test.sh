#!/usr/bin/env bash
# Every check of the project; with --fast those that need neither Java nor other tools, ZooKeeper being the
# embedded server; with --newest those that must hold under the newest Deno.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools deno="${tools}/deno.sh"
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

# Names all that is missing, not only the first of it.
needed_tools() {
  local status=0
  "${tools}/apt.sh" shellcheck=shellcheck ssh=openssh-client setsid=util-linux ps=procps \
    perl=perl-base strace=strace openssl=openssl systemd-analyze=systemd git=git \
    /usr/sbin/sshd=openssh-server ip=iproute2 script=bsdutils zsh=zsh fish=fish \
    groff=groff-base /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1=libfaketime \
    /usr/sbin/haproxy=haproxy promtool=prometheus prometheus=prometheus \
    chromium=chromium || status=1
  "${tools}/zookeeper.sh" ensure || status=1
  return "${status}"
}

shell_scripts() {
  find bin tools tests -name '*.sh' -print0 | xargs -0 shellcheck --external-sources .ci/run
}

types_and_unit_tests() {
  stage "types" 240 "${deno}" check --frozen
  stage "unit tests" 120 "${deno}" test --no-check --allow-all --parallel tests/unit
}

source_stages() {
  stage "format" 60 "${deno}" fmt --check
  stage "lint" 120 "${deno}" lint
  types_and_unit_tests
}

# What runs against Apache ZooKeeper too, and further arguments for the test runner, which takes no option
# behind a folder.
embedded_stage() { # ARGUMENT...
  stage "client, election and faults on the embedded server" 300 \
    env MASTERD_TEST_ZOOKEEPER=embedded "${deno}" test --no-check --allow-all --parallel "$@" \
    tests/integration/zookeeper tests/integration/election tests/faults
  printf '%d tests were left to Apache ZooKeeper\n' \
    "$(grep -o 'left to Apache ZooKeeper: ' "${stage_log}" | wc -l)"
}

slow_stages() {
  stage "documentation" 60 "${deno}" doc --lint src/zookeeper/mod.ts
  local failed_before="${failed}"
  stage "tools" 300 "${tools}/test.sh" --needed-tools
  # Without them every test would only say the same.
  if ((failed > failed_before)); then
    echo "Not run for want of tools: shell scripts, integration, browser, fault, wrapper and cluster tests"
    return
  fi
  stage "shell scripts" 60 "${tools}/test.sh" --shell-scripts
  stage "storage tests" 180 "${deno}" test --no-check --allow-all --parallel \
    tests/integration/storage
  stage "integration tests" 540 "${deno}" test --no-check --allow-all --parallel \
    --ignore=tests/integration/storage tests/integration tests/differential
  embedded_stage
  stage "browser tests" 180 "${deno}" test --no-check --allow-all tests/browser
  stage "fault tests" 300 "${deno}" test --no-check --allow-all tests/faults
  stage "wrapper tests" 300 "${deno}" test --no-check --allow-all --parallel tests/shell
  cluster_stage
}

# Containers seldom may make network namespaces, and need not to be good for all other tests.
cluster_stage() {
  if tests/cluster/can_make_hosts.sh; then
    stage "cluster tests" 300 "${deno}" test --no-check --allow-all --parallel tests/cluster
  else
    printf '\nNot run: cluster tests, since no network namespaces can be made here\n'
  fi
}

# Without Deno every other stage would only say the same.
deno_stage() {
  stage "Deno" 300 "${deno}" --version
  ((failed == 0)) || summary
}

# Made with further programs.
readonly quorum_tests="tests/integration/quorum"
readonly disk_faults="${quorum_tests}/storage_faults_test.ts,${quorum_tests}/durability_faults_test.ts"

main() {
  case "${1:-}" in
    --needed-tools) needed_tools ;;
    --shell-scripts) shell_scripts ;;
    --newest) deno_stage && types_and_unit_tests && summary ;;
    --fast)
      deno_stage && source_stages &&
        embedded_stage --ignore="${disk_faults}" "${quorum_tests}" && summary
      ;;
    "") deno_stage && source_stages && slow_stages && summary ;;
    *) echo "Usage: tools/test.sh [--fast|--newest]" >&2 && exit 64 ;;
  esac
}

main "$@"
