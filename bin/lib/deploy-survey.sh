# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of deploy-remote.sh
# What of a version lies on this host already. Part of the program that deploy-cluster.sh sends to other hosts.

declare -A sum=() mode=() size=() there=() origin=() deployed=()
files=() folders=() wanted=() dropped=() kept=() same="yes"

read_manifest() {
  local digest bits bytes path
  while IFS=$'\t' read -r -t "${limit}" digest bits bytes path; do
    [[ ${digest} != end ]] || return 0
    mode["${path}"]="${bits}"
    if [[ ${digest} == folder ]]; then
      folders+=("${path}")
    else
      files+=("${path}") sum["${path}"]="${digest}" size["${path}"]="${bytes}"
    fi
  done
  fail "The connection ended before the list of files did."
}

read_sums() { # ARRAY: the lines of sha256sum into it, by path
  local line
  local -n sums_by_path="$1"
  while IFS= read -r line; do sums_by_path["${line:66}"]="${line:0:64}"; done
}

# Where a file of the right content lies already: in the version that runs, or in the one before.
find_origins() { # FOLDER
  local path
  there=()
  [[ -d $1 ]] || return 0
  read_sums there < <(cd -- "$1" && sha256sum -- "${files[@]}" 2>/dev/null)
  for path in "${files[@]}"; do
    [[ ${there["${path}"]:-} != "${sum["${path}"]}" || -n ${origin["${path}"]:-} ]] || origin["${path}"]="$1/${path}"
  done
}

compare_modes() {
  local bits path count=0
  while IFS=$'\t' read -r bits path; do
    count=$((count + 1))
    [[ ${bits} == "${mode["${path}"]}" ]] || same=""
  done < <(cd -- "${home}" 2>/dev/null && stat -L --printf='%a\t%n\n' -- "${files[@]}" "${folders[@]}" 2>/dev/null)
  ((count == ${#mode[@]})) || same=""
}

# A version lies in another folder than the installation, so that such a link would lead elsewhere.
check_link() { # PATH
  local folder="${home}/${1%%/*}"
  [[ $(readlink -- "${home}/$1") == /* ||
    $(realpath -ms -- "${home}/${1%/*}/$(readlink -- "${home}/$1")") == "${folder}"/* ]] ||
    fail "${home}/$1 is a link out of ${folder}: give it an absolute path."
}

# A file in conf that was never deployed belongs to this host and stays; one that was, and is no more, goes.
compare_names() {
  local path
  [[ ! -f ${home}/current/sha256sums ]] || read_sums deployed <"${home}/current/sha256sums"
  for path in "${home}"/bin/** "${home}"/conf/**; do
    [[ ! -d ${path} || -L ${path} ]] || continue
    path="${path#"${home}/"}"
    [[ ! -L ${home}/${path} ]] || check_link "${path}"
    [[ -z ${sum["${path}"]:-} ]] || continue
    if [[ ${path} == bin/* || -n ${deployed["${path}"]:-} ]]; then dropped+=("${path}"); else kept+=("${path}"); fi
  done
}

survey() {
  local path
  origin=() wanted=() dropped=() kept=() deployed=() same="yes"
  find_origins "${home}"
  for path in "${files[@]}"; do [[ -n ${origin["${path}"]:-} ]] || same=""; done
  find_origins "${home}/previous"
  for path in "${files[@]}"; do [[ -n ${origin["${path}"]:-} ]] || wanted+=("${path}"); done
  compare_modes
  compare_names
  ((${#dropped[@]} == 0)) || same=""
}

tell_differences() {
  local path
  for path in "${wanted[@]}"; do answer send "${path}"; done
  for path in "${dropped[@]}"; do answer drop "${path}"; done
  for path in "${kept[@]}"; do answer keep "${path}"; done
}
