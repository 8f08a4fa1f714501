# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh and rolling-restart.sh
# Restarts the workers, one after the other. Sourced by rolling-restart.sh.

# A name of its own for each instance on a host, as start-cluster.sh has given it.
restart_workers() { # LINE...
  local line
  local -a worker
  local -A count=()
  for line in "$@"; do
    IFS=$'\t' read -r -a worker <<<"${line}"
    line="${line,,}"
    [[ ${worker[1]} == remote ]] || line="local"
    local -x MASTERD_DAEMON_INSTANCE="${count[${line}]:=0}"
    count[${line}]=$((count[${line}] + 1))
    if is_dark "${worker[@]:0:4}"; then
      leave_out "worker ${count[${line}]} on ${worker[0]}"
      continue
    fi
    begin_step "worker ${count[${line}]} on ${worker[0]}"
    task "${worker[@]:0:4}" taskmanager.sh stop
    call_host
    MASTERD_DAEMON_VERSION="${version}" task "${worker[@]:0:4}" taskmanager.sh start "${property_options[@]}"
    call_host
    end_step
    await_cluster
  done
}
