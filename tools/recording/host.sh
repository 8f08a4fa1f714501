#!/usr/bin/env bash
# A host called localhost, with nothing on it but the project in /opt/masterd, as long as its terminals are open: started by
# recording.ts in namespaces of its own, so that no path, name or port of this machine gets into what is recorded.
set -euo pipefail

main() { # PROJECT SOCKET COLUMNS ROWS
  local project="$1" socket="$2" home=/opt/masterd
  local -a terminals=(tmux -S "${socket}" -f /dev/null)
  # Of an environment that a shell without a terminal has passed on, PS1 would be left out.
  local -a shell=(env "PS1=$ " bash --norc --noprofile)
  # What is set for this machine's shells is not for that host's.
  unset MASTERD_HOME MASTERD_BIN MASTERD_CONF_DIR FLINK_CONF_DIR MASTERD_SCRIPT_ENV TMUX
  hostname localhost
  ip link set lo up
  # Held open: the mount may cover the place where the project lies.
  exec 3<"${project}"
  mount -t tmpfs tmpfs /opt
  mkdir "${home}"
  cd /proc/self/fd/3
  cp -r bin conf src tools types deno.json deno.lock main.ts Makefile "${home}"
  cp dist/masterd "${home}/masterd"
  export DENO_DIR="${DENO_DIR:-${project}/.cache/deno}" PATH="${home}:${PATH}" HISTFILE=/dev/null
  [[ ! -d .tools ]] || ln -s "$(readlink -f .tools)" "${home}/.tools"
  cd "${home}"
  "${terminals[@]}" new-session -d -s recording -x "$3" -y "$4" -n first "${shell[@]}"
  "${terminals[@]}" new-window -d -n second "${shell[@]}"
  # Not the last command of a shell that would be replaced by it: process 1 takes the dead of all others.
  "${terminals[@]}" wait-for recorded
  "${terminals[@]}" kill-server
}

main "$@"
