# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # `call` is for the callers; the variables of config.sh
# Calls over ssh. Sourced by hosts.sh.

readonly ssh_timeout="${MASTERD_SSH_TIMEOUT:-600}" # seconds
[[ ${ssh_timeout} =~ ^[1-9][0-9]{0,5}$ ]] ||
  fail 78 "MASTERD_SSH_TIMEOUT=${ssh_timeout} is not a number of seconds from 1 to 999999."

quoted() { # WORD: as one word for any POSIX shell
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

# Of an option that is given twice ssh takes the first value: the entry of the host stands before the user's options,
# and these before our defaults. Keep-alive ends a call whose host has fallen silent.
ssh_call() { # HOST USER SSH_PORT COMMAND: the words of the call into the array `call`
  call=(timeout --foreground -k 5 "${ssh_timeout}" ssh -o BatchMode=yes)
  [[ $2 == - ]] || call+=(-l "$2")
  [[ $3 == - ]] || call+=(-p "$3")
  call+=(
    "${ssh_options[@]}" -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 "$1" -- "$4"
  )
}

remote() { # HOST USER SSH_PORT COMMAND: one string for the shell there, made of quoted() words; stdin is the caller's
  local -a call
  ssh_call "$@"
  "${call[@]}"
}

# ssh has one exit code for all that can go wrong; its texts are in English everywhere.
ssh_cause() { # TEXT: why ssh failed that said this, into REPLY
  case "$1" in
    *"Could not resolve hostname"*) REPLY="unknown host" ;;
    *"REMOTE HOST IDENTIFICATION HAS CHANGED"*) REPLY="changed host key" ;;
    *"Host key verification failed"*) REPLY="unknown host key" ;;
    *"Permission denied"*) REPLY="no key that it accepts" ;;
    *"timed out"*) REPLY="connection timed out" ;;
    *"not responding"*) REPLY="connection lost" ;;
    *"No route to host"* | *"unreachable"* | *"Connection refused"*) REPLY="unreachable" ;;
    *) REPLY="ssh failed" ;;
  esac
}
