# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, hosts.sh and rolling-restart.sh
# Restarts the masters: the standbys first, the leader last, after it has given leadership away. Who leads is asked again
# before every step. Sourced by rolling-restart.sh.

# Another leads than the given one, and that one stands by.
has_handed_over() { # NUMBER
  read_roles
  count_roles leader
  [[ ${REPLY} -eq 1 && ${roles[$1]:-} == standby ]]
}

is_back() { # NUMBER
  read_roles
  count_roles leader
  [[ ${REPLY} -eq 1 && ${roles[$1]:-} == @(leader|standby) ]]
}

restart_master() { # NUMBER
  local -a master
  IFS=$'\t' read -r -a master <<<"${masters[$1]}"
  master_name "$1"
  begin_step "master ${REPLY}" "${roles[$1]}"
  task "${master[0]}" "${master[@]:2:3}" jobmanager.sh stop "${master[@]:0:2}"
  call_host
  MASTERD_DAEMON_VERSION="${version}" \
    task "${master[0]}" "${master[@]:2:3}" jobmanager.sh start "${master[@]:0:2}" "${property_options[@]}"
  call_host
  await "${current} is not back, or no single master leads" is_back "$1"
  is_new["$1"]=yes
  end_step
  await_cluster
}

hand_over() { # NUMBER
  master_name "$1"
  printf 'Handing leadership over from %s.\n' "${REPLY}"
  handovers=$((handovers + 1))
  # More often than there are masters only if somebody else moves it, too.
  ((handovers <= ${#masters[@]})) || stop_here "Leadership does not stay where it was moved to."
  "${MASTERD_BIN}" switchover --timeout "${restart_timeout}" "${property_options[@]}" ||
    stop_here "Leadership was not handed over."
  await "No single other master leads" has_handed_over "$1"
}

leave_out_masters() { # those that do not run: only with --force
  local number
  local -a master
  [[ -n ${force} ]] || return 0
  for number in "${!masters[@]}"; do
    IFS=$'\t' read -r -a master <<<"${masters[number]}"
    [[ ${roles[number]:-} != @(leader|standby) ]] || is_dark "${master[0]}" "${master[@]:2:3}" || continue
    master_name "${number}"
    leave_out "master ${REPLY} (${roles[number]:-unknown})"
    is_new["${number}"]=yes
  done
}

has_candidate() {
  read_roles
  find_master standby || find_master leader
}

restart_masters() {
  local number handovers=0
  read_roles
  leave_out_masters
  while ((${#is_new[@]} < ${#masters[@]})); do
    await "A master that has not been restarted is neither leader nor standby" has_candidate
    number="${REPLY}"
    count_roles standby
    # Without a standby nobody leads meanwhile: only with --force.
    if [[ ${roles[number]} == standby || ${REPLY} -eq 0 ]]; then
      restart_master "${number}"
    else
      hand_over "${number}"
    fi
  done
}

# With --force what is not well is left out.
require_masters() {
  ((${#masters[@]} > 1)) || stop_here "There is one master only: nobody leads while it restarts. --force does it."
  "${MASTERD_BIN}" status "${property_options[@]}" >/dev/null ||
    stop_here "The cluster is not well. Mend that first (bin/start-cluster.sh starts what is missing), or use --force."
}
