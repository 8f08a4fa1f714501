#!/usr/bin/env bash
# Makes sure that tools are there: `apt.sh WANTED=PACKAGE...`, where WANTED is a command, or a file
# by its absolute path. What is missing is installed from Debian's packages when run as root.
set -euo pipefail

readonly LOCK_LIMIT_S=240 POLICY=/usr/sbin/policy-rc.d

is_there() {
  if [[ "$1" == /* ]]; then [[ -e "$1" ]]; else command -v "$1" >/dev/null; fi
}

missing_packages() {
  local pair
  for pair in "$@"; do
    is_there "${pair%%=*}" || echo "${pair#*=}"
  done | sort -u
}

# Programs are wanted, not services: Debian asks this file before it starts one.
start_no_service() {
  [[ ! -e "${POLICY}" && ! -L "${POLICY}" ]] || return 0
  trap 'rm -f "${POLICY}"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"${POLICY}"
  chmod 755 "${POLICY}"
}

install() {
  local lock
  export DEBIAN_FRONTEND=noninteractive
  # apt-get fails while another one runs; two clones may well ask at once.
  { exec {lock}</var/lib/apt/lists && flock -w "${LOCK_LIMIT_S}" "${lock}"; } || return
  echo "Installing with apt: $*"
  start_no_service
  apt-get -qq update
  apt-get -qq install --yes --no-install-recommends -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout="${LOCK_LIMIT_S}" "$@" >/dev/null
}

main() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if ((EUID == 0)) && command -v apt-get >/dev/null; then
    install "${missing[@]}" >&2 || true
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} > 0)) || return 0
  fi
  echo "Missing: ${missing[*]}. Get it with: sudo apt-get install ${missing[*]}" >&2
  return 1
}

main "$@"
