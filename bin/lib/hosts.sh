# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh and of the files sourced here
# Calls scripts of this installation on the hosts of a cluster: several hosts at once, and over ssh those that are not
# this one. The first failure is remembered in `exit_code`. Sourced; its functions are for after load_settings.
#
# Environment: MASTERD_SSH_PARALLEL (16; so many hosts at once), MASTERD_SSH_TIMEOUT (600; seconds that one call over ssh
# may take).

# shellcheck source=bin/lib/ssh.sh
source "${BASH_SOURCE[0]%/*}/ssh.sh"
# shellcheck source=bin/lib/host-output.sh
source "${BASH_SOURCE[0]%/*}/host-output.sh"
# shellcheck source=bin/lib/summary.sh
source "${BASH_SOURCE[0]%/*}/summary.sh"
# shellcheck source=bin/lib/task-run.sh
source "${BASH_SOURCE[0]%/*}/task-run.sh"

exit_code=0

# What was noted, by number of the host: the hosts in the order of their first tasks.
host_keys=() host_names=() host_users=() host_ports=() host_tasks=()

# Notes a call of a script of bin for run_tasks. What is exported as MASTERD_DAEMON_* now goes with it.
task() { # HOST local|remote USER SSH_PORT SCRIPT ARGUMENT...
  local key="local" index
  # This host is one, by whatever name it is called.
  [[ $2 == local ]] || key="$3@${1,,}:$4"
  # Not to be reached a moment ago: it would cost the connect timeout once more.
  [[ -z ${unreachable[${key}]:-} ]] || return 0
  for ((index = 0; index < ${#host_keys[@]}; index++)); do
    [[ ${host_keys[index]} != "${key}" ]] || break
  done
  host_keys[index]="${key}" host_users[index]="$3" host_ports[index]="$4"
  : "${host_names[index]:=$1}"
  host_tasks[index]+=" $(command_line "$1" "${@:5}");"
}

# The other host has the installation in the same folder.
command_line() { # HOST SCRIPT ARGUMENT...: for a shell
  local name word
  printf 'run env MASTERD_DAEMON_HOST=' && quoted "$1"
  for name in "${!MASTERD_DAEMON_@}" MASTERD_CONF_DIR FLINK_CONF_DIR; do
    word="${!name:-}"
    [[ ${name} != *_CONF_DIR ]] || word="${word:+${config_dir}}" # where the file is, seen from any folder
    [[ -z ${word} || ${name} == MASTERD_DAEMON_HOST ]] || { printf ' %s=' "${name}" && quoted "${word}"; }
  done
  printf ' bash'
  for word in "${bin}/$2" "${@:3}"; do printf ' ' && quoted "${word}"; done
}
