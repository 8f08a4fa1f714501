# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh
# The hosts that get a copy: all but this one, each once. Sourced by deploy-cluster.sh, after hosts.sh.

targets=() # name, user, port of ssh
declare -A is_known=()

add_target() { # HOST LOCALITY USER SSH_PORT: the first entry of a host says how to reach it
  [[ $2 == remote && -z ${is_known["${1,,}"]:-} ]] || return 0
  is_known["${1,,}"]=yes
  targets+=("$1"$'\t'"$3"$'\t'"$4")
}

list_targets() {
  local line host locality user port
  local -a masters=() workers=() servers=()
  [[ ${ha} == none ]] || read_list masters masters
  read_list workers workers
  [[ ! -e ${config_dir}/zoo.cfg ]] || read_list servers quorum-servers
  for line in "${masters[@]}"; do
    IFS=$'\t' read -r host _ locality user port <<<"${line}" && add_target "${host}" "${locality}" "${user}" "${port}"
  done
  for line in "${workers[@]}" "${servers[@]#*$'\t'}"; do
    IFS=$'\t' read -r host locality user port <<<"${line}" && add_target "${host}" "${locality}" "${user}" "${port}"
  done
}
