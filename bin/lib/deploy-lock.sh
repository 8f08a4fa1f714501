# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables are for and of the other parts
# One deployment at a time, and nothing left of one that ended early. Part of the program that deploy-cluster.sh sends to
# other hosts.

staging="" made=()

clean_up() {
  [[ -z ${staging} ]] || rm -rf -- "${staging}" "${versions}/.deploying"
  # Folders that held nothing before.
  ((${#made[@]} == 0)) || rmdir -- "${made[@]}" 2>/dev/null || true
}

# Two names of one host are no two deployments.
lock_versions() {
  local folder holder
  for folder in "${versions}" "${home}"; do [[ -e ${folder} ]] || made+=("${folder}"); done
  mkdir -p -- "${versions}"
  check_names
  exec {lock}<"${versions}"
  for _ in {1..30}; do
    ! flock -n "${lock}" || break
    { IFS= read -r holder <"${versions}/.deploying"; } 2>/dev/null || holder=""
    [[ ${holder} != "${token}" ]] || { answer shared && exit 0; }
    sleep 0.1
  done
  flock -n "${lock}" || fail "Another deployment is under way there."
  free_name "${id}"
  staging="${versions}/${REPLY}.new"
  printf '%s\n' "${token}" >"${versions}/.deploying"
  mend
}
