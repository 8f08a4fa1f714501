#!/usr/bin/env bash
# Type check and unit tests under the newest Deno of npm, so that the next one is no surprise.
set -euo pipefail

root="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
folder="${root}/.tools/newest"

# Takes the last one if npm cannot be reached; the version that ran is printed.
install_newest() {
  mkdir -p "${folder}"
  npm install --prefix "${folder}" --no-audit --no-fund --ignore-scripts --loglevel=error \
    deno@latest >&2 || echo "npm could not look for a newer Deno" >&2
}

main() {
  install_newest
  local binaries=("${folder}"/node_modules/@deno/linux-*-glibc/deno)
  export MASTERD_DENO="${binaries[0]}" DENO_DIR="${root}/.cache/newest"
  "${root}/tools/test.sh" --newest
}

main
