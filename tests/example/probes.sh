# shellcheck shell=bash
# Sourced by run.sh: what can be seen of a cluster from outside, with nothing but bash.

# Repeats the command until it succeeds; fails when it has not within the seconds.
wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}

is_open() { (exec 3<>"/dev/tcp/localhost/$1") 2>/dev/null; }

http_status() { # PORT PATH
  local status=""
  is_open "$1" || return 0
  exec 3<>"/dev/tcp/localhost/$1"
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
  read -r -t 2 -u 3 _ status _ 2>/dev/null || true
  exec 3>&-
  echo "${status}"
}

# Prints those of the ports that answer 200 for the path.
answering() { # PATH PORT...
  local path="$1" port
  for port in "${@:2}"; do
    if [[ "$(http_status "${port}" "${path}")" == 200 ]]; then echo "${port}"; fi
  done
}

# Prints pid and command line of the processes that name the text.
processes() { # TEXT
  local process words
  for process in /proc/[0-9]*; do
    mapfile -d '' -t words 2>/dev/null <"${process}/cmdline" || continue
    if [[ "${words[*]}" == *"$1"* ]]; then echo "${process#/proc/} ${words[*]}"; fi
  done 2>/dev/null
}
