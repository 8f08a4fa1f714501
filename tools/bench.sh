#!/usr/bin/env bash
# Benchmarks: our client beside others, the embedded ZooKeeper server beside Apache's, and more; arguments
# go to bench/run.ts, `quorum` for the server alone.
set -euo pipefail

# One of the peers is compiled at its first use, against the headers of the Node that runs it.
compiler() {
  "${tools}/apt.sh" node=nodejs python3=python3 make=make g++=g++
  if [[ "$(command -v node)" == /usr/bin/node ]]; then
    "${tools}/apt.sh" /usr/include/node/node.h=libnode-dev
    export npm_config_nodedir=/usr
  fi
}

main() {
  "${tools}/zookeeper.sh" ensure
  compiler
  "${tools}/apt.sh" javac=default-jdk-headless /usr/lib/python3/dist-packages/kazoo=python3-kazoo \
    /usr/share/java/curator-recipes.jar=libcurator-recipes-java \
    /usr/sbin/sshd=openssh-server ssh=openssh-client ip=iproute2
  exec "${tools}/deno.sh" run --allow-all "${tools}/../bench/run.ts" "$@"
}

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
main "$@"
