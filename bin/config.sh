# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for the scripts that source this
# Where this installation lies and what its configuration says to the scripts. Sourced by all of them; only sets
# `home` and `bin` until load_settings is called.
#
# Environment: MASTERD_BIN (the binary), MASTERD_CONF_DIR or FLINK_CONF_DIR (the configuration folder),
# FLINK_IDENT_STRING (stands in the names of pid and log files; default: the user), and, before the configuration,
# HIGH_AVAILABILITY, FLINK_PID_DIR, FLINK_LOG_DIR, MAX_LOG_FILE_NUMBER, FLINK_SSH_OPTS.

# Whatever POSIXLY_CORRECT and BASH_ENV have made of this shell.
set +o posix
IFS=$' \t\n'

home="$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)"
# What deploy-cluster.sh has copied lies in versions/ID of its home, which reaches it through the link `current`.
if [[ ${home} == */versions/* && -L ${home%/*/*}/current && ${home%/*} == */versions ]]; then home="${home%/*/*}"; fi
bin="${home}/bin"
export MASTERD_HOME="${home}"
# The names of pid and log files hold it, and bash believes an environment that calls the host otherwise.
HOSTNAME="$(</proc/sys/kernel/hostname)"

# What `masterd script-env` answers, under its names.
ha="" pid_dir="" log_dir="" log_max="" ssh_options=() quorum_peers="" zookeeper_server="" config_dir="" version=""

# The -D that hold for this run alone.
property_options=()

fail() { # EXIT_CODE MESSAGE
  printf '[ERROR] %s\n' "$2" >&2
  exit "$1"
}

usage_error() { # MESSAGE
  printf '%s\n' "$1" >&2
  exit 1
}

find_binary() {
  local candidate
  # A source tree runs its sources: what was built from them earlier may be older.
  for candidate in "${home}/masterd" "${home}/tools/masterd.sh"; do
    [[ -n ${MASTERD_BIN:-} || ! -f ${candidate} ]] || MASTERD_BIN="${candidate}"
  done
  [[ -n ${MASTERD_BIN:-} ]] ||
    fail 1 "No masterd binary: there is no ${home}/masterd, and MASTERD_BIN is not set."
  # Absolute, because daemons are started in the folder of the installation.
  [[ ${MASTERD_BIN} != */* ]] || MASTERD_BIN="$(realpath -ms -- "${MASTERD_BIN}")"
  type -P -- "${MASTERD_BIN}" >/dev/null ||
    fail 1 "Cannot run the masterd binary ${MASTERD_BIN}: it is missing or not executable."
  export MASTERD_BIN
}

# One call of the binary serves a whole run: a script that is called by a script inherits the answer.
load_settings() {
  local name value mark="home"$'\t'"${home}"$'\n'
  if [[ ${#property_options[@]} -gt 0 || ${MASTERD_SCRIPT_ENV:-} != "${mark}"* ]]; then
    find_binary
    export MASTERD_SCRIPT_ENV
    MASTERD_SCRIPT_ENV="${mark}$("${MASTERD_BIN}" script-env "${property_options[@]}")" || exit
  fi
  while IFS=$'\t' read -r name value; do
    case "${name}" in
      ha | pid_dir | log_dir | log_max | quorum_peers | zookeeper_server | config_dir | version)
        printf -v "${name}" '%s' "${value}"
        ;;
      ssh_option) ssh_options+=("${value}") ;;
    esac
  done <<<"${MASTERD_SCRIPT_ENV}"
  # Whatever the scripts read is in force by now; exported, it would be in force in their daemons as well, unseen.
  readonly ha pid_dir log_dir log_max ssh_options quorum_peers zookeeper_server config_dir version
  require_version
}

# Who starts the daemons of several hosts says which version is meant.
require_version() {
  local wanted="${MASTERD_DAEMON_VERSION:-${version}}"
  [[ ${version} == "${wanted}" ]] || fail 1 "The masterd in ${home} on host ${HOSTNAME} is version ${version:-unknown}, \
but the cluster is started with version ${wanted}: bin/deploy-cluster.sh brings all hosts to one version."
}

# Calls the binary for a list, before anything is started: a mistake in a file ends the script with its exit code.
read_list() { # NAME COMMAND [OPTION...]: the lines into the array NAME
  local text
  text="$("${MASTERD_BIN}" "${@:2}")" || exit
  mapfile -t "$1" < <(printf '%s' "${text:+${text}$'\n'}")
}
