#!/usr/bin/env bash
# Packs all that a host needs into dist/masterd-VERSION-linux-x86_64.tar.gz, with its checksum beside it,
# and the same for arm64 where the base of a binary for it can be had. A commit gives the same bytes
# wherever it is packed: times are the commit's, or SOURCE_DATE_EPOCH, and owner and umask do not count.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
export LC_ALL=C
# gzip and tar would take options of the caller from them.
unset GZIP TAR_OPTIONS

# What a binary is made of, and what lies beside it on a host.
readonly SOURCES=(main.ts src types deno.json deno.lock tools/{build,build_facts,deno,denort,permissions}.sh)
readonly SHIPPED=(bin conf docs README.md CHANGELOG.md LICENSE)
work=

# Builds a binary that is missing, older than what it is made of, or of another commit.
ensure_binary() { # BINARY MACHINE
  is_current "$1" || tools/build.sh "$2"
}

is_current() { # BINARY
  [[ -x "$1" && -z "$(find "${SOURCES[@]}" -newer "$1" -print -quit)" ]] &&
    grep -qaF -- "$(tools/build_facts.sh)" "$1"
}

# Takes the files that git knows, so that nothing else of a clone gets out.
collect() { # BINARY FOLDER
  mkdir -p "$2"
  git ls-files -z "${SHIPPED[@]}" | xargs -0 cp --parents --target-directory="$2"
  cp -- "$1" "$2/masterd"
  printf '%s\n' "${version}" >"$2/VERSION"
  (cd -- "$2" && find . -type f -printf '%P\0' | sort -z | xargs -0 sha256sum) >"${work}/sums"
  mv -- "${work}/sums" "$2/SHA256SUMS"
}

pack() { # BINARY MACHINE
  local top="masterd-${version}" archive
  archive="${top}-linux-${2/aarch64/arm64}.tar.gz"
  rm -rf -- "${work:?}/${top}"
  collect "$1" "${work}/${top}"
  tar --directory="${work}" --create --format=ustar --sort=name --mtime="@${epoch}" --owner=0 \
    --group=0 --numeric-owner --mode=u=rwX,go=rX "${top}" | gzip --no-name >"${work}/${archive}"
  (cd -- "${work}" && sha256sum "${archive}") >"dist/${archive}.sha256"
  mv -- "${work}/${archive}" "dist/${archive}"
  printf 'dist/%s: %d MB\n' "${archive}" $(($(stat -c %s "dist/${archive}") / 1000000))
}

pack_other() { # MACHINE
  if ensure_binary "dist/masterd-$1" "$1"; then
    pack "dist/masterd-$1" "$1"
  else
    echo "No tarball for ${1/aarch64/arm64}: its binary could not be built" >&2
  fi
}

main() {
  local machine version epoch
  "${tools}/apt.sh" git=git
  mkdir -p dist
  rm -f dist/masterd-*.tar.gz dist/masterd-*.tar.gz.sha256
  work="$(mktemp -d dist/pack.XXXXXX)"
  trap 'rm -rf -- "${work}"' EXIT
  machine="$(uname -m)"
  ensure_binary dist/masterd "${machine}"
  version="$(dist/masterd --version)"
  version="${version%%$'\n'*}"
  version="${version#masterd }"
  epoch="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
  [[ -z "$(git status --porcelain -- "${SOURCES[@]}" "${SHIPPED[@]}")" ]] ||
    echo "There are changes that no commit has: what is packed cannot be packed again from one" >&2
  pack dist/masterd "${machine}"
  pack_other "$([[ "${machine}" == x86_64 ]] && echo aarch64 || echo x86_64)"
}

main "$@"
