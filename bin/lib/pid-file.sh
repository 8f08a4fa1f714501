# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh
# The instances of one daemon on this host: a line for each in the pid file, the last started last. Sourced.
# Line: pid, start time (field 22 of /proc/PID/stat), instance, host as it was given, and for a master pid and start time
# of the shell that watches it; separated by tabs. Pid and start time together know a process: a pid that the system has
# meanwhile given to somebody else is never taken for ours.

live=()  # the lines of processes that live
stale=() # the pids of lines whose process is gone
pid_file="" user=""

open_pid_file() { # DAEMON: reads its file, locked until close_pid_file or the end of the script
  local conf key
  user="${FLINK_IDENT_STRING:-$(id -un 2>/dev/null || id -u)}"
  # One for all versions of an installation, but not for all hosts: they may share it through a network file system.
  conf="$(realpath -m -- "${config_dir}")"
  [[ ${conf} != "${home}/versions/"*/conf ]] || conf="${home}/conf"
  key="$(printf '%s\n' "${HOSTNAME}" "${home}" "${conf}" | sha256sum)"
  pid_file="${pid_dir}/masterd-${user}-${key:0:8}-$1.pid"
  lock_pid_file
}

lock_pid_file() {
  local limit="${MASTERD_LOCK_TIMEOUT:-60}"
  live=() stale=()
  [[ -d ${pid_dir} ]] || return 0
  type -P flock >/dev/null || fail 1 "Cannot lock ${pid_dir}: flock is missing (apt-get install util-linux)."
  exec {lock}<"${pid_dir}"
  flock -w "${limit}" "${lock}" ||
    fail 1 "Cannot lock ${pid_dir}: another start or stop has held it for ${limit} seconds."
  read_pid_file
}

close_pid_file() {
  exec {lock}<&-
}

start_time() { # PID: into REPLY; fails for a process that is gone, or dead and not yet reaped
  local -a stat fields
  [[ $1 =~ ^[1-9][0-9]{0,9}$ ]] || return 1
  { mapfile -d '' -t stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # It was there when the file was opened, and gone when it was read.
  ((${#stat[@]} > 0)) || return 1
  # The name of the program stands in brackets, and may hold brackets and blanks.
  read -r -a fields <<<"${stat[0]##*) }"
  REPLY="${fields[19]}"
  [[ ${fields[0]} != [ZX] ]]
}

is_alive() { # PID START_TIME
  start_time "$1" && [[ ${REPLY} == "$2" ]]
}

read_pid_file() {
  local pid started rest
  [[ -e ${pid_file} ]] || return 0
  while IFS=$'\t' read -r pid started rest || [[ -n ${pid} ]]; do
    if is_alive "${pid}" "${started}"; then
      live+=("${pid}"$'\t'"${started}"$'\t'"${rest}")
    else
      stale+=("${pid//[^0-9]/?}")
      [[ ${pid}${started} == *[!0-9]* ]] || clean_up_after "${rest}" # else it was no instance
    fi
  done <"${pid_file}"
  ((${#stale[@]} == 0 && ${#live[@]} > 0)) || write_pid_file
}

write_pid_file() {
  if ((${#live[@]} == 0)); then
    rm -f -- "${pid_file}"
  else
    printf '%s\n' "${live[@]}" >"${pid_file}.new"
    mv -f -- "${pid_file}.new" "${pid_file}"
  fi
}

find_instance() { # INSTANCE: the index of its line into REPLY
  local index pid started instance rest
  for index in "${!live[@]}"; do
    IFS=$'\t' read -r pid started instance rest <<<"${live[index]}"
    REPLY="${index}"
    [[ ${instance} != "$1" ]] || return 0
  done
  return 1
}

add_instance() { # PID INSTANCE HOST WATCH
  start_time "$1"
  live+=("$1"$'\t'"${REPLY}"$'\t'"$2"$'\t'"$3${4:+$'\t'$4}")
  write_pid_file
}

remove_instance() { # INDEX
  local pid started rest
  IFS=$'\t' read -r pid started rest <<<"${live[$1]}"
  clean_up_after "${rest}"
  unset "live[$1]"
  live=("${live[@]}")
  write_pid_file
}
