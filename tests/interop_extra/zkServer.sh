#!/usr/bin/env bash
# Stands in for Apache's zkServer.sh where a test-suite starts a server: `zkServer.sh start-foreground zoo.cfg`
# becomes the embedded server, with the system properties of SERVER_JVMFLAGS as lines of its zoo.cfg.
# MASTERD_BIN is a built binary that is tested instead of the sources.
set -euo pipefail

root="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.."
readonly root

main() {
  [[ "${1:-}" == start-foreground && -n "${2:-}" ]] || {
    echo "Usage: zkServer.sh start-foreground ZOO_CFG" >&2
    exit 64
  }
  local folder flag data
  local -a flags peer=()
  folder="$(dirname -- "$2")/masterd-conf"
  mkdir -p -- "${folder}"
  : >"${folder}/flink-conf.yaml"
  cp -- "$2" "${folder}/zoo.cfg"
  read -ra flags <<<"${SERVER_JVMFLAGS:-}"
  for flag in "${flags[@]}"; do
    [[ "${flag}" != -Dzookeeper.* ]] || echo "${flag#-Dzookeeper.}" >>"${folder}/zoo.cfg"
  done
  # The suites number their only server, too, which a zoo.cfg without server lines does not tell.
  data="$(sed -n 's/^dataDir=//p' "${folder}/zoo.cfg")"
  [[ ! -s "${data}/myid" ]] || peer=(--peer-id "$(<"${data}/myid")")
  # In the place of this shell: the suites end the process that they have started.
  exec "${MASTERD_BIN:-${root}/tools/masterd.sh}" zookeeper --configDir "${folder}" "${peer[@]}"
}

main "$@"
