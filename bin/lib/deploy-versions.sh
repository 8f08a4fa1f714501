# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables are for and of the other parts
# The versions of an installation in `home`: versions/NAME holds masterd, bin and conf; the links `current` and
# `previous` name two of them; `home`/masterd, bin and conf are links through `current`, so that one rename switches.
# Part of the program that deploy-cluster.sh sends to other hosts.

readonly names=(masterd bin conf)

version_of() { # LINK: the name of the version that it names into REPLY; nothing without one
  REPLY="$(readlink -- "${home}/$1" || true)"
  REPLY="${REPLY#versions/}"
}

free_name() { # NAME: into REPLY, NAME or NAME.2, NAME.3, ...
  local number=1
  REPLY="$1"
  while [[ -e ${versions}/${REPLY} ]]; do REPLY="$1.$((number += 1))"; done
}

point() { # LINK TARGET: by one rename
  ln -sfn -- "$2" "${home}/$1.new"
  mv -fT -- "${home}/$1.new" "${home}/$1"
}

# What an interrupted call has left.
mend() {
  local name
  rm -rf -- "${versions:?}"/*.new
  for name in "${names[@]}"; do
    [[ -e ${home}/${name} || ! -e ${home}/current/${name} ]] || point "${name}" "current/${name}"
  done
}

switch_to() { # NAME
  local name old
  version_of current
  old="${REPLY}"
  for name in "${names[@]}"; do point "${name}" "current/${name}"; done
  # Should it end between the two, `previous` is what still runs.
  [[ -z ${old} ]] || point previous "versions/${old}"
  point current "versions/$1"
  sync -f -- "${home}" || true
}

# Twice in a row it is back where it began.
switch_back() { # NAME
  version_of current
  # Should it end between the two, it has gone back.
  point current "versions/$1"
  point previous "versions/${REPLY}"
  sync -f -- "${home}" || true
}

# A daemon starts its guard, and this another, from the file that it runs: its version has to stay, however old.
executables() { # the programs that run, one per line; fails when some of this installation cannot be seen
  local process command
  readlink -- /proc/[0-9]*/exe || true
  for process in /proc/[0-9]*; do
    [[ ! -O ${process} && ${UID} -ne 0 ]] || continue
    { IFS= read -r -d '' command <"${process}/cmdline"; } 2>/dev/null || continue
    [[ ${command} != "${home}"/* ]] || return 1
  done
}

prune() {
  local running current version
  running="$(executables)" || return 0
  version_of current
  current="${REPLY}"
  version_of previous
  for version in "${versions}"/*/; do
    version="${version%/}" version="${version##*/}"
    [[ ${version} != "${current}" && ${version} != "${REPLY}" ]] || continue
    [[ ${running} == *"${versions}/${version}/"* ]] || rm -rf -- "${versions:?}/${version}"
  done
}
