# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of deploy-remote.sh and deploy-versions.sh
# An installation that was put there by other means becomes a version, too. Part of the program that deploy-cluster.sh
# sends to other hosts.

is_plain() { # NAME: whether it is no link of ours but a file or a folder
  [[ -e ${home}/$1 && ! -L ${home}/$1 ]]
}

# What could stop the switch is found before anything is received.
check_names() {
  local name
  [[ -w ${home} ]] || fail "No permission to write in ${home}."
  for name in "${names[@]}"; do
    [[ ! -L ${home}/${name} || $(readlink -- "${home}/${name}") == "current/${name}" ]] ||
      fail "${home}/${name} is a link to somewhere else: put what it leads to in its place."
    ! is_plain "${name}" || [[ ! -d ${home}/${name} || -w ${home}/${name} ]] ||
      fail "No permission to move ${home}/${name}."
  done
}

# The files are moved: the running daemons start their guard from the file that they run. Interrupted anywhere, the next
# call goes on.
adopt() {
  local name adopted
  local -a plain=()
  for name in "${names[@]}"; do ! is_plain "${name}" || plain+=("${name}"); done
  ((${#plain[@]} > 0)) || return 0
  free_name plain
  adopted="${REPLY}"
  mkdir -m 755 -- "${versions}/${adopted}"
  for name in "${names[@]}"; do
    [[ " ${plain[*]} " == *" ${name} "* || ! -e ${home}/current/${name} ]] ||
      cp -al -- "${home}/current/${name}" "${versions}/${adopted}/${name}"
  done
  point current "versions/${adopted}"
  for name in "${plain[@]}"; do
    mv -T -- "${home}/${name}" "${versions}/${adopted}/${name}"
    point "${name}" "current/${name}"
  done
}
