# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh, hosts.sh and deploy-cluster.sh; those for deploy-session.sh
# The conversations with all hosts: in the first phase each is prepared, then one decision is made for all. Sourced by
# deploy-cluster.sh.

work="" token=""                  # a folder; what this deployment is known by
decision="a"                      # s: switch
sessions=()                       # the processes that talk to the hosts of `targets`, by number
places="" reports="" decisions="" # pipes

# Of ssh: a pid that the system has meanwhile given to somebody else has another parent.
# shellcheck disable=SC2317 # a trap calls it
end_connection() { # NUMBER
  local -a stat
  learned "${work}/$1" connection
  { read -r -a stat <"/proc/${REPLY:-none}/stat"; } 2>/dev/null || return 0
  [[ ${stat[3]} != "${sessions[$1]}" ]] || kill -TERM "${REPLY}" 2>/dev/null || true
}

# Whatever ends this script ends the connections, and with them what has not been switched on the other side.
# shellcheck disable=SC2317 # a trap calls it
end_sessions() {
  local number
  for number in "${!sessions[@]}"; do end_connection "${number}"; done
  ((${#sessions[@]} == 0)) || kill -TERM "${sessions[@]}" 2>/dev/null || true
  [[ -z ${work} ]] || rm -rf -- "${work}"
}

open_pipe() { # NAME
  local descriptor
  mkfifo -- "${work}/$1"
  exec {descriptor}<>"${work}/$1"
  printf -v "$1" '%s' "${descriptor}"
}

begin_sessions() {
  local number name user port
  work="$(mktemp -d)"
  token="${HOSTNAME} $$ ${work}"
  open_pipe places
  open_pipe reports
  open_pipe decisions
  for ((number = 0; number < ssh_parallel; number++)); do printf '.' >&"${places}"; done
  for number in "${!targets[@]}"; do
    IFS=$'\t' read -r name user port <<<"${targets[number]}"
    mkdir -- "${work}/${number}"
    hold_session "${work}/${number}" "${verb}" "${name}" "${user}" "${port}" </dev/null &
    sessions+=("$!")
  done
}

await_reports() {
  for _ in "${targets[@]}"; do await_byte "${reports}"; done
}

# All switch or none, unless the user has said that the others may.
decide() {
  local number is_ready="yes"
  for number in "${!targets[@]}"; do
    learned "${work}/${number}" connection
    if ! kill -0 "${REPLY}" 2>/dev/null; then
      learned "${work}/${number}" state
      [[ ${REPLY} != staged ]] || printf 'lost\n' >>"${work}/${number}/state"
    fi
    learned "${work}/${number}" state
    [[ ${REPLY} == @(staged|current|shared|would) ]] || is_ready=""
  done
  [[ -z ${is_ready}${partial} ]] || decision="s"
  for _ in "${targets[@]}"; do printf '%s' "${decision}" >&"${decisions}"; done
  wait "${sessions[@]}" || true
  sessions=()
}
