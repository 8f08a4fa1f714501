#!/usr/bin/env bash
# Where Apache ZooKeeper is: ZOOKEEPER_HOME if that is set, else Debian's package.
#   zookeeper.sh ensure  installs it if it is missing and apt can
#   zookeeper.sh locate  prints its home, the folder of bin/zkServer.sh
set -euo pipefail

readonly DEBIAN_HOME=/usr/share/zookeeper
tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
home="${ZOOKEEPER_HOME:-${DEBIAN_HOME}}"
readonly tools home

ensure() {
  local wanted=(java=default-jre-headless)
  [[ -n "${ZOOKEEPER_HOME:-}" ]] ||
    wanted+=("${DEBIAN_HOME}/bin/zkServer.sh=zookeeper" /usr/share/java/slf4j-simple.jar=libslf4j-java)
  "${tools}/apt.sh" "${wanted[@]}" || {
    echo "Or unpack a release of Apache ZooKeeper, set ZOOKEEPER_HOME to it, and have java on PATH." >&2
    return 1
  }
  locate >/dev/null
}

locate() {
  if [[ ! -f "${home}/bin/zkServer.sh" ]]; then
    echo "No ZooKeeper in ${home}: bin/zkServer.sh is missing. Set ZOOKEEPER_HOME to a release of" >&2
    echo "Apache ZooKeeper, or install Debian's package: sudo apt-get install zookeeper" >&2
    return 1
  fi
  echo "${home}"
}

case "${1:-}" in
  ensure | locate) "$1" ;;
  *)
    echo "Usage: tools/zookeeper.sh ensure|locate" >&2
    exit 64
    ;;
esac
