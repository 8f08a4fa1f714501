#!/usr/bin/env bash
# What deploy-cluster.sh runs on another host, sent there as text behind the other parts (remote_parts in
# deploy-session.sh): takes in a version of the installation and switches to it. It holds the lock until it has switched,
# and whatever ends it before, be it the end of the connection, leaves nothing behind.
#
# Arguments: VERB (deploy, survey, rollback) HOME ID TOKEN SECONDS. Input: the manifest, the bytes of the files that are
# asked for, a decision. Output: lines of answer().
# shellcheck disable=SC2034,SC2154 # the variables are for and of the other parts
set -euo pipefail
shopt -s globstar dotglob nullglob
export LC_ALL=C

readonly verb="$1" id="$3" token="$4" limit="$5"
home="$(realpath -m -- "$2")"
readonly home versions="${home}/versions"

# The mark tells an answer from what the profile of a user may print.
answer() { # WORD [VALUE]
  printf 'masterd-deploy\t%s\t%s\n' "$1" "${2:-}"
}

fail() { # MESSAGE
  printf '[ERROR] %s\n' "$1" >&2
  exit 1
}

# What runs there, by its name, into REPLY.
name_version() {
  local name
  version_of current
  [[ -n ${REPLY} ]] || REPLY="-"
  for name in "${names[@]}"; do ! is_plain "${name}" || REPLY="plain"; done
}

await_decision() { # VERSION
  local decision=""
  answer staged "$1"
  read -r -t "${limit}" decision || true
  [[ ${decision} == switch ]] || exit 0
}

deploy() {
  local name
  read_manifest
  name_version
  answer was "${REPLY}"
  survey
  if [[ -z ${same} && ${verb} == deploy ]]; then
    lock_versions
    survey # whoever held the lock may have changed everything
  fi
  [[ -z ${same} ]] || { answer current && return 0; }
  tell_differences
  [[ ${verb} == deploy ]] || { answer would && return 0; }
  stage
  verify
  name="${staging##*/}" name="${name%.new}"
  await_decision "${name}"
  adopt
  mv -T -- "${staging}" "${versions}/${name}"
  switch_to "${name}"
  answer switched
  prune
}

roll_back() {
  local name
  [[ -L ${home}/previous ]] || fail "There is no previous version there."
  name_version
  answer was "${REPLY}"
  lock_versions
  version_of previous
  name="${REPLY}"
  version_of current
  [[ ${name} != "${REPLY}" ]] || fail "The previous version is the current one."
  verify_again "${name}"
  await_decision "${name}"
  adopt
  switch_back "${name}"
  answer switched
}

main() {
  trap clean_up EXIT
  trap '' PIPE # a connection that ends is seen by the write that fails
  type -P flock >/dev/null || fail "flock is missing there (apt-get install util-linux)."
  case "${verb}" in
    deploy | survey) deploy ;;
    rollback) roll_back ;;
  esac
}

main "$@"
