# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of deploy-remote.sh and deploy-survey.sh
# A version as it comes in: in a folder of its own, and checked before anything leads to it. Part of the program that
# deploy-cluster.sh sends to other hosts.

receive() { # PATH
  local error
  error="$(timeout "${limit}" head -c "${size["$1"]}" 2>&1 >"${staging}/$1")" ||
    fail "Cannot write $1 in ${staging}: ${error#head: }"
}

# Nobody is to edit two versions at once, so files of conf are not linked.
take_over() { # PATH
  local from="${origin["$1"]}"
  if [[ $1 != conf/* && $(stat -L -c %a -- "${from}") == "${mode["$1"]}" ]]; then
    ! ln -L -- "${from}" "${staging}/$1" 2>/dev/null || return 0
  fi
  cp -- "${from}" "${staging}/$1"
}

stage() {
  local path
  umask 077
  mkdir -- "${staging}"
  for path in "${folders[@]}"; do mkdir -- "${staging}/${path}"; done
  answer want
  for path in "${wanted[@]}"; do receive "${path}"; done
  for path in "${!origin[@]}"; do take_over "${path}"; done
  ((${#kept[@]} == 0)) || (cd -- "${home}" && cp -a --parents -- "${kept[@]}" "${staging}")
  for path in "${!mode[@]}"; do chmod -- "${mode["${path}"]}" "${staging}/${path}"; done
  chmod -- 755 "${staging}"
}

# A wrong architecture, too old a system, a folder from which nothing may be run: found while the old version runs.
check_binary() { # FOLDER
  local error
  error="$(MASTERD_HOME="${home}" timeout 30 "$1/masterd" --version 2>&1 </dev/null)" ||
    fail "The binary does not run there: ${error//$'\n'/ }"
}

verify() {
  local path error
  for path in "${files[@]}"; do printf '%s  %s\n' "${sum["${path}"]}" "${path}"; done >"${staging}/sha256sums"
  chmod -- 644 "${staging}/sha256sums"
  error="$(cd -- "${staging}" && sha256sum --check --quiet --strict sha256sums 2>&1)" ||
    fail "What has arrived is not what was sent: ${error//$'\n'/ }"
  check_binary "${staging}"
  sync -f -- "${staging}" || true
}

# A version that lay there for some time; its conf may have been edited.
verify_again() { # NAME
  local folder="${versions}/$1" sums="" line error
  [[ -x ${folder}/masterd ]] || fail "There is no binary in ${folder}."
  if [[ -f ${folder}/sha256sums ]]; then
    while IFS= read -r line; do [[ ${line:66} == conf/* ]] || sums+="${line}"$'\n'; done <"${folder}/sha256sums"
    error="$(cd -- "${folder}" && sha256sum --check --quiet --strict 2>&1 <<<"${sums%$'\n'}")" ||
      fail "The version $1 has been changed: ${error//$'\n'/ }"
  fi
  check_binary "${folder}"
}
