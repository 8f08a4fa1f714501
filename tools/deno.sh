#!/usr/bin/env bash
# Runs Deno with the given arguments: the one on PATH if its version fits (2.6.8 up to 2.8), else a
# pinned one, installed from npm under .tools/ at the first use. `--path` only prints where it is.
# MASTERD_DENO names another Deno, which is then taken as it is.
set -euo pipefail

readonly PINNED=2.6.8 LOCK_LIMIT_S=300
root="$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")"
readonly root pinned="${root}/.tools/deno-${PINNED}"

fail() {
  echo "tools/deno.sh: $*" >&2
  exit 1
}

path_deno_fits() {
  local version
  version="$(deno --version 2>/dev/null)" || return 1
  [[ "${version}" =~ ^deno\ 2\.([0-9]+)\.([0-9]+)\  ]] || return 1
  local minor="${BASH_REMATCH[1]}" patch="${BASH_REMATCH[2]}"
  ((minor == 6 && patch >= 8 || minor == 7 || minor == 8))
}

# npm does not run the package's install script by default, so the binary of the platform's own
# package is used where it lies.
platform() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo linux-x64-glibc ;;
    Linux-aarch64) echo linux-arm64-glibc ;;
    *) fail "no Deno for $(uname -sm) in npm: install Deno ${PINNED} to 2.8 and put it on PATH" ;;
  esac
}

install_pinned() {
  command -v npm >/dev/null ||
    fail "npm is missing; 'apt-get install npm' gets it. Or put Deno ${PINNED} to 2.8 on PATH."
  local binary
  binary="node_modules/@deno/$(platform)/deno"
  mkdir -p "${root}/.tools"
  (
    flock -w "${LOCK_LIMIT_S}" 9 || fail "cannot lock .tools: another install goes on, or flock is missing"
    [[ -x "${pinned}" ]] && exit
    echo "Installing Deno ${PINNED} from npm under .tools" >&2
    # npm takes what an interrupted install left half written for whole.
    rm -rf "${root}/.tools/node_modules"
    npm install --prefix "${root}/.tools" --no-audit --no-fund --ignore-scripts \
      --loglevel=error "deno@${PINNED}" >&2 || fail "npm could not install deno@${PINNED}"
    "${root}/.tools/${binary}" --version >/dev/null ||
      fail "Deno ${PINNED} from npm does not run here: install Deno and put it on PATH"
    ln -sfn "${binary}" "${pinned}"
  ) 9>"${root}/.tools/.lock"
}

main() {
  local deno
  if [[ -n "${MASTERD_DENO:-}" ]]; then
    deno="${MASTERD_DENO}"
  elif path_deno_fits; then
    deno="$(command -v deno)"
  else
    [[ -x "${pinned}" ]] || install_pinned
    deno="${pinned}"
  fi
  if [[ "${1:-}" == --path ]]; then
    echo "${deno}"
    return
  fi
  export DENO_DIR="${DENO_DIR:-${root}/.cache/deno}" DENO_TLS_CA_STORE=system,mozilla
  # A thread with the usual 2 MiB stack overflows when it compiles deep modules.
  export DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1 RUST_MIN_STACK=33554432
  exec "${deno}" "$@"
}

main "$@"
