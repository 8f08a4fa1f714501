# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh
# Runs scripts of this installation on the hosts of a cluster, and remembers the first failure in `exit_code`. Sourced.

exit_code=0

quoted() { # WORD: as one word for any POSIX shell
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

# The other host has the installation in the same folder. A login shell, because Java may be on its PATH only.
remote_command() { # SCRIPT ARGUMENT...
  local name word command="env"
  local -a words=("${bin}/$1" "${@:2}")
  for name in "${!MASTERD_DAEMON_@}" MASTERD_CONF_DIR FLINK_CONF_DIR; do
    word="${!name:-}"
    [[ ${name} != *_CONF_DIR ]] || word="${word:+${config_dir}}" # where the file is, seen from any folder
    [[ -z ${word} ]] || command+=" ${name}=$(quoted "${word}")"
  done
  command+=" /bin/bash -l"
  for word in "${words[@]}"; do command+=" $(quoted "${word}")"; done
  printf '%s' "${command}"
}

on_host() { # HOST local|remote SCRIPT ARGUMENT...
  local -x MASTERD_DAEMON_HOST="$1"
  local locality="$2" code=0
  local -a options
  shift 2
  if [[ ${locality} == local ]]; then
    "${bin}/$1" "${@:2}" || code=$?
  else
    read -r -a options <<<"${ssh_opts}" # words, but no globs
    ssh -n -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 "${options[@]}" \
      "${MASTERD_DAEMON_HOST}" -- "$(remote_command "$@")" || code=$?
    ((code == 0)) ||
      printf '[ERROR] %s on host %s failed (ssh: exit code %d).\n' "$*" "${MASTERD_DAEMON_HOST}" "${code}" >&2
  fi
  ((exit_code != 0)) || exit_code="${code}"
}

# Calls the binary for a list, before anything is started: a mistake in a file ends the script with its exit code.
read_list() { # NAME COMMAND: the lines into the array NAME
  local text
  text="$("${MASTERD_BIN}" "$2")" || exit
  mapfile -t "$1" < <(printf '%s' "${text:+${text}$'\n'}")
}
