#!/usr/bin/env bash
# Starts or stops the ZooKeeper server of conf/zoo.cfg with the given id on this host.
#
# Environment: ZOOKEEPER_HOME (an unpacked Apache ZooKeeper; else Debian's package), JAVA_HOME (else java on PATH),
# ZK_HEAP (megabytes, 256), JVMFLAGS (more options of Java, word by word).
set -euo pipefail
# shellcheck source=bin/config.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/config.sh"

readonly usage="Usage: zookeeper.sh ((start|start-foreground) peer-id)|(stop [peer-id])|stop-all"
readonly debian_home="/usr/share/zookeeper" debian_jars="/usr/share/java"

class_path() {
  local given
  given="$(realpath -ms -- "${ZOOKEEPER_HOME:-${debian_home}}")" # the daemon starts in another folder
  if [[ ${given} != "${debian_home}" ]]; then
    [[ -d ${given}/lib ]] || fail 1 "ZOOKEEPER_HOME=${ZOOKEEPER_HOME} is no ZooKeeper: it has no folder lib."
    # Up to 3.4 the server itself lies beside lib. conf sets its logging.
    printf '%s' "${given}/conf:${given}/lib/*:${given}/*"
  elif [[ -e ${debian_jars}/zookeeper.jar ]]; then
    printf '%s' "${debian_jars}/zookeeper.jar:${debian_jars}/slf4j-simple.jar"
  else
    fail 1 "No ZooKeeper found: set ZOOKEEPER_HOME, or install Debian's (apt-get install zookeeper)."
  fi
}

find_java() {
  local java="${JAVA_HOME:+${JAVA_HOME}/bin/}java"
  type -P -- "${java}" ||
    fail 1 "Cannot run ${java}: set JAVA_HOME, or install a runtime (apt-get install default-jre-headless)."
}

# The id of a server is written once: data of one server must never be served as another's.
claim_data() { # PEER_ID DATA_DIR
  local id=""
  mkdir -p -- "$2"
  if [[ -s $2/myid ]]; then
    read -r id <"$2/myid" || true
    [[ ${id} == "$1" ]] || fail 78 "Cannot start ZooKeeper server $1: $2/myid says that the data is of server ${id}."
  else
    printf '%s\n' "$1" >"$2/myid"
  fi
}

field() { # PEER_ID NAME: its value in the completed zoo.cfg
  "${MASTERD_BIN}" zoo-cfg --peer-id "$1" --field "$2"
}

start() { # VERB PEER_ID
  local java classes zoo_cfg data_dir address port config_file
  local -a flags
  [[ ${ZK_HEAP:=256} =~ ^[1-9][0-9]*$ ]] || fail 78 "ZK_HEAP=${ZK_HEAP} is not a number of megabytes."
  java="$(find_java)" || exit
  classes="$(class_path)" || exit
  zoo_cfg="$("${MASTERD_BIN}" zoo-cfg --peer-id "$2")" || exit
  data_dir="$(field "$2" dataDir)" || exit
  port="$(field "$2" clientPort)" || exit
  address="$(field "$2" clientPortAddress 2>/dev/null)" || address="localhost" # not set: all addresses
  # The brackets of IPv6 belong to the file, not to the address.
  address="${address#[}" address="${address%]}"
  claim_data "$2" "${data_dir}"
  config_file="${data_dir}/masterd-zoo.cfg"
  # Whole at any moment: a second start may come while the server reads it.
  printf '%s\n' "${zoo_cfg}" >"${config_file}.$$"
  mv -f -- "${config_file}.$$" "${config_file}"
  read -r -a flags <<<"${JVMFLAGS:-}"
  # The logging is Debian's; a release of Apache brings its own.
  flags=(
    "-Xmx${ZK_HEAP}m" -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
    -Dorg.slf4j.simpleLogger.showDateTime=true
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
    "${flags[@]}"
  )
  MASTERD_READY_ADDRESS="${address}/${port}" exec "${bin}/masterd-daemon.sh" "$1" zookeeper "$2" \
    "${java}" "${flags[@]}" -cp "${classes}" org.apache.zookeeper.server.quorum.QuorumPeerMain "${config_file}"
}

main() {
  local verb="${1:-}" id="${2:-}"
  case "${verb}" in
    start | start-foreground)
      [[ -n ${id} ]] || fail 1 "Missing peer id argument. ${usage}."
      load_settings
      start "${verb}" "${id}"
      ;;
    stop | stop-all)
      load_settings
      exec "${bin}/masterd-daemon.sh" "${verb}" zookeeper "${id}"
      ;;
    *) usage_error "${usage}" ;;
  esac
}

main "$@"
