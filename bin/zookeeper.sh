#!/usr/bin/env bash
# Starts or stops the ZooKeeper server of conf/zoo.cfg with the given id on this host: the one that is embedded in
# masterd, or Apache's, as masterd.zookeeper.server says and the binary decides.
#
# Environment, of Apache's: ZOOKEEPER_HOME (an unpacked release; else Debian's package), JAVA_HOME (else java on PATH),
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

# Everything that the start needs to know; the binary makes the data folder this server's, or refuses.
prepare() { # PEER_ID
  local name value prepared
  prepared="$("${MASTERD_BIN}" zoo-cfg --peer-id "$1" --install --server "${zookeeper_server:-auto}")" || exit
  while IFS=$'\t' read -r name value; do
    case "${name}" in
      server) server="${value}" ;;
      config_file) config_file="${value}" ;;
      java_option) java_options+=("${value}") ;;
      ready_address) export MASTERD_READY_ADDRESS="${value}" ;;
      ready_question) export MASTERD_READY_QUESTION="${value#-}" ;;
      ready_answer) export MASTERD_READY_ANSWER="${value#-}" ;;
    esac
  done <<<"${prepared}"
}

start_apache() { # VERB PEER_ID
  local java classes
  local -a flags
  [[ ${ZK_HEAP:=256} =~ ^[1-9][0-9]*$ ]] || fail 78 "ZK_HEAP=${ZK_HEAP} is not a number of megabytes."
  java="$(find_java)" || exit
  classes="$(class_path)" || exit
  read -r -a flags <<<"${JVMFLAGS:-}"
  # The logging is Debian's; a release of Apache brings its own.
  flags=(
    "-Xmx${ZK_HEAP}m" -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
    -Dorg.slf4j.simpleLogger.showDateTime=true
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
    "${java_options[@]}" "${flags[@]}"
  )
  # Java takes the letters of paths for what the locale says, and over ssh there may be none.
  LC_ALL=C.UTF-8 exec "${bin}/masterd-daemon.sh" "$1" zookeeper "$2" \
    "${java}" "${flags[@]}" -cp "${classes}" org.apache.zookeeper.server.quorum.QuorumPeerMain "${config_file}"
}

start() { # VERB PEER_ID
  local server=apache config_file=""
  local -a java_options=()
  prepare "$2"
  if [[ ${server} == embedded ]]; then
    exec "${bin}/masterd-daemon.sh" "$1" zookeeper "$2" \
      "${MASTERD_BIN}" zookeeper --configDir "${config_dir}" --peer-id "$2"
  fi
  start_apache "$@"
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
