# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables of config.sh; `manifest` and `id` are for deploy-session.sh
# What is deployed: the files of this installation, with their content, modes and sizes. Sourced by deploy-cluster.sh.

manifest="" id=""
declare -A bytes_of=() # by path

require_installation() {
  [[ -f ${home}/masterd && -x ${home}/masterd ]] ||
    fail 1 "There is no binary ${home}/masterd to copy. In a source tree: make dist, unpack what it makes, deploy from there."
  [[ -d ${home}/conf && ${config_dir} -ef ${home}/conf ]] ||
    fail 1 "Only ${home}/conf is copied, but the configuration folder is ${config_dir}: it must be the same on every host."
}

require_file() { # TYPE PATH
  [[ $2 != *[[:cntrl:]\\]* ]] || fail 1 "Cannot deploy ${2@Q}: no control characters and no \\ in names."
  [[ $1 == [df] ]] || fail 1 "Cannot deploy ${home}/$2: it is neither file nor folder, or a link that leads nowhere."
  [[ -r ${home}/$2 ]] || fail 1 "Cannot deploy ${home}/$2: no permission to read it."
}

# Links are followed: what they lead to may not exist on the other hosts.
list_files() { # type, mode, size, path of each, ended by a zero byte; a folder before what is in it
  cd -- "${home}" && LC_ALL=C find -L masterd bin conf -printf '%y\t%m\t%s\t%p\0' | LC_ALL=C sort -z -t $'\t' -k 4
}

make_manifest() {
  local type mode size path line index=0
  local -a files=() sums=() entries=()
  while IFS=$'\t' read -r -d '' type mode size path; do
    require_file "${type}" "${path}"
    entries+=("${type}"$'\t'"${mode}"$'\t'"${size}"$'\t'"${path}")
    [[ ${type} == d ]] || files+=("${path}") bytes_of["${path}"]="${size}"
  done < <(list_files)
  mapfile -t sums < <(cd -- "${home}" && sha256sum -- "${files[@]}")
  ((${#sums[@]} == ${#files[@]} && ${#files[@]} > 0)) || fail 1 "Cannot read the files of ${home}."
  for line in "${entries[@]}"; do
    if [[ ${line} == d* ]]; then
      manifest+="folder${line:1}"$'\n'
    else
      manifest+="${sums[index]:0:64}${line:1}"$'\n'
      index=$((index + 1))
    fi
  done
  id="$(sha256sum <<<"${manifest}")"
  id="${version:-unknown}-${id:0:12}"
  manifest+="end"$'\n'
}
