# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables for and of deploy-cluster.sh, hosts.sh
# What became of a deployment, host by host. Sourced by deploy-cluster.sh.

has_switched="" # some host

learned() { # FOLDER NAME: the last that the process of a host has noted under this name, into REPLY
  local -a noted=()
  [[ ! -f $1/$2 ]] || mapfile -t noted <"$1/$2"
  REPLY="${noted[*]: -1}"
}

# What is sent to a host, in words, into REPLY; nothing for a rollback.
describe_sent() { # FOLDER
  local path bytes size=0
  REPLY=""
  [[ ${verb} != rollback ]] || return 0
  local -a paths=()
  [[ ! -f $1/send ]] || mapfile -t paths <"$1/send"
  for path in "${paths[@]}"; do
    bytes="${bytes_of["${path}"]}" # not within an arithmetic expression, which would evaluate the name
    size=$((size + bytes))
  done
  REPLY=" (files sent: ${#paths[@]}, bytes: ${size})"
}

print_differences() { # FOLDER HOST
  local name path
  for name in send drop keep; do
    [[ -f $1/${name} ]] || continue
    while IFS= read -r path; do
      case "${name}" in
        send) REPLY="would send ${path} (${bytes_of["${path}"]} bytes)" ;;
        drop) REPLY="would leave out ${path}" ;;
        keep) REPLY="would keep ${path}, which is there only" ;;
      esac
      printable "${REPLY}"
      printf '%s: %s\n' "$2" "${REPLY}"
    done <"$1/${name}"
  done
}

failure() { # FOLDER HOST STATE: the cause into REPLY
  local code
  learned "$1" code
  code="${REPLY:-1}"
  # A connection that ended in order, at the wrong time.
  ((code != 0)) || code=1
  print_lines "$2: " <"$1/errors" >&2
  # What the program itself says needs no exit code.
  if ((code == 1)) && [[ -s $1/errors ]]; then telling_line "$1/errors"; else cause_of "${code}" "$2" "$1/errors"; fi
  [[ $3 != staged ]] || REPLY="not known whether it has switched: ${REPLY}"
  ((exit_code != 0)) || exit_code="${code}"
}

report_host() { # FOLDER HOST DECISION
  local state was new
  learned "$1" state && state="${REPLY}"
  learned "$1" was && was="${REPLY}"
  learned "$1" version && new="${REPLY}"
  describe_sent "$1"
  case "${state}:$3" in
    switched:*) REPLY="switched from ${was} to ${new}${REPLY}" ;;
    current:*) REPLY="up to date (${was})" ;;
    shared:*) REPLY="the installation of another host in this list" ;;
    would:*) REPLY="would switch from ${was} to ${id}${REPLY}" ;;
    staged:a) REPLY="not switched, because others failed (${was})" ;;
    *) failure "$1" "$2" "${state}" ;;
  esac
  [[ ${state} != switched ]] || has_switched="yes"
  note_result "$2" "$2" "${REPLY}"
  [[ ${state} != would ]] || print_differences "$1" "$2"
}
