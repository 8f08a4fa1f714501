# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, hosts.sh and rolling-restart.sh
# Restarts the ZooKeeper servers of conf/zoo.cfg: those that follow first, the one that leads last. Sourced by
# rolling-restart.sh.

servers=()           # lines of `masterd quorum-servers`
declare -A states=() # by id
declare -A is_done=() # by id: restarted, or left out

# Fails when no majority serves.
read_states() {
  local id state table code=0
  table="$(timeout 60 "${MASTERD_BIN}" quorum-status 2>/dev/null)" || code=$?
  states=()
  while read -r id _ state _; do
    # Behind the table comes a sentence.
    [[ ! ${id} =~ ^[0-9]+$ || -n ${states["${id}"]:-} ]] || states["${id}"]="${state}"
  done <<<"${table}"
  return "${code}"
}

serves() { # ID
  [[ ${states["$1"]:-} == @(leader|follower|observer|standalone) ]]
}

all_serve() {
  local line
  read_states || return
  for line in "${servers[@]}"; do serves "${line%%$'\t'*}" || return; done
}

is_serving() { # ID: and with --force not all others have to
  if [[ -n ${force} ]]; then read_states && serves "$1"; else all_serve; fi
}

# Who leads may change with every restart, so it is asked before each.
find_server() { # the line of the next one, into REPLY
  local id leader=""
  read_states || [[ -n ${force} ]] || stop_here "No majority of the ZooKeeper servers serves."
  for REPLY in "${servers[@]}"; do
    id="${REPLY%%$'\t'*}"
    [[ -z ${is_done["${id}"]:-} ]] || continue
    [[ ${states["${id}"]:-} == leader ]] || return 0
    leader="${REPLY}"
  done
  REPLY="${leader}"
}

restart_server() { # LINE
  local -a server
  IFS=$'\t' read -r -a server <<<"$1"
  begin_step "ZooKeeper server ${server[0]} on ${server[1]}" "${states["${server[0]}"]:-unknown}"
  task "${server[@]:1:4}" zookeeper.sh stop "${server[0]}"
  call_host
  MASTERD_DAEMON_VERSION="${version}" task "${server[@]:1:4}" zookeeper.sh start "${server[0]}"
  call_host
  await "${current} does not serve" is_serving "${server[0]}"
  is_done["${server[0]}"]=yes
  end_step
}

leave_out_servers() { # those that do not serve: only with --force
  local line
  local -a server
  [[ -n ${force} ]] || return 0
  read_states || true
  for line in "${servers[@]}"; do
    IFS=$'\t' read -r -a server <<<"${line}"
    ! serves "${server[0]}" || is_dark "${server[@]:1:4}" || continue
    leave_out "ZooKeeper server ${server[0]} on ${server[1]} (${states["${server[0]}"]:-unknown})"
    is_done["${server[0]}"]=yes
  done
}

restart_quorum() {
  leave_out_servers
  while ((${#is_done[@]} < ${#servers[@]})); do
    find_server
    restart_server "${REPLY}"
  done
}

require_quorum() {
  ((${#servers[@]} > 1)) || stop_here "There is one ZooKeeper server only: nobody serves while it restarts. --force does it."
  ! all_serve || return 0
  "${MASTERD_BIN}" quorum-status >&2 || true
  stop_here "Not all ZooKeeper servers serve. Mend that first (bin/start-zookeeper-quorum.sh), or use --force."
}
