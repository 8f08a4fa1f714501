#!/usr/bin/env bash
# Packs the last commit once more, from a clone in another folder, for another home, umask and environment,
# and compares what comes out with the tarballs of `make dist` here.
set -euo pipefail

root="$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")"
folder="$(mktemp -d)"
readonly root folder clone="${folder}/another clone"
trap 'rm -rf -- "${folder}"' EXIT

main() {
  local archive
  local -a archives=("${root}"/dist/masterd-*.tar.gz)
  git clone --quiet "${root}" "${clone}"
  # What was downloaded may be shared; what was built may not.
  ln -s "${root}/.tools" "${clone}/.tools"
  mkdir -p "${clone}/.cache/deno"
  cp -r "${root}/.cache/deno/npm" "${clone}/.cache/deno"
  umask 077
  HOME="${folder}/home" DENO_DIR="${folder}/cache" GZIP=-1 TAR_OPTIONS=--sort=none \
    "${clone}/tools/dist.sh"
  for archive in "${archives[@]}"; do
    cmp "${archive}" "${clone}/dist/${archive##*/}"
    echo "the same bytes: ${archive##*/}"
  done
}

main
