#!/usr/bin/env bash
# Prints from what a binary is built just now, `commit=…;time=…;modified=no;deno=…;`: nothing of it
# depends on when or where. The time is the commit's, or SOURCE_DATE_EPOCH.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
export LC_ALL=C NO_COLOR=1

readonly SOURCES=(main.ts src types deno.json deno.lock)

deno_version() {
  local words
  read -ra words < <("${tools}/deno.sh" --version)
  echo "${words[1]:-unknown}"
}

main() {
  local commit=unknown epoch='' time=unknown modified=unknown
  if commit="$(git rev-parse --verify --quiet HEAD 2>/dev/null)"; then
    epoch="$(git log -1 --format=%ct)"
    modified=no
    [[ -z "$(git status --porcelain -- "${SOURCES[@]}")" ]] || modified=yes
  fi
  epoch="${SOURCE_DATE_EPOCH:-${epoch}}"
  [[ -z "${epoch}" ]] || time="$(date --utc --date="@${epoch}" +%Y-%m-%dT%H:%M:%SZ)"
  printf 'commit=%s;time=%s;modified=%s;deno=%s;\n' "${commit:-unknown}" "${time}" "${modified}" \
    "$(deno_version)"
}

main
