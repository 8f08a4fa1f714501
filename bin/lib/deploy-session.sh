# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of config.sh, ssh.sh, deploy-manifest.sh and deploy-cluster.sh
# The conversation with the program on one host: over one connection, which holds the lock there, from the first question
# to the switch. Sourced by deploy-cluster.sh.

# In this order they are one program.
readonly remote_parts=(lock survey stage adoption versions remote)

remote_command() { # VERB
  local part program="" word
  for part in "${remote_parts[@]}"; do program+="$(<"${bin}/lib/deploy-${part}.sh")"$'\n'; done
  printf '/bin/bash --norc -c'
  for word in "${program}" deploy-cluster.sh "$1" "${home}" "${id}" "${token}" "${ssh_timeout}"; do
    printf ' %s' "$(quoted "${word}")"
  done
}

read_answer() { # the next line that the program there has said, into `word` and `value`
  local mark
  while IFS=$'\t' read -r -u "${from}" mark word value; do
    [[ ${mark} != masterd-deploy ]] || return 0
  done
  return 1
}

# So many bytes as were announced, even if the file has shrunk since: the other side then finds the sum wrong.
transmit() { # PATH
  { cat -- "${home}/$1" /dev/zero | head -c "${bytes_of["$1"]}" >&"${to}"; } 2>/dev/null || true
}

# Each host has a process and a folder of its own; there it leaves what main is to know: `was`, `version`, `send`, `drop`,
# `keep` (lists of paths), `state` (nothing yet, staged, current, shared or would, at last switched), `code` (of ssh).
note() { # NAME TEXT
  printf '%s\n' "$2" >>"${folder}/$1"
}

converse() { # until the other host waits for a decision, or has nothing more to say
  local word value path
  local -a wanted=()
  while read_answer; do
    case "${word}" in
      want) for path in "${wanted[@]}"; do transmit "${path}"; done ;;
      send)
        [[ -n ${bytes_of["${value:-.}"]:-} ]] || return 0 # no file of ours
        wanted+=("${value}") && note send "${value}"
        ;;
      was | drop | keep) note "${word}" "${value}" ;;
      staged) note version "${value}" && note state staged && return ;;
      current | shared | would | switched) note state "${word}" ;;
    esac
  done
}

# A byte of a pipe is a place among those that work at the same time, a report, or a decision.
await_byte() { # PIPE: into REPLY; not longer than main lives
  until read -r -t 5 -N 1 -u "$1"; do kill -0 "$$" 2>/dev/null || exit 1; done
}

report() {
  [[ -n ${reported} ]] || printf '.' >&"${reports}"
  reported=yes
}

connect() { # VERB HOST USER SSH_PORT
  local -a call
  ssh_call "${@:2}" "$(remote_command "$1")"
  mkfifo -- "${folder}/in"
  exec {from}< <(exec "${call[@]}" <"${folder}/in" 2>"${folder}/errors")
  connection=$!
  exec {to}>"${folder}/in"
  note connection "${connection}"
}

say() { # TEXT: to a connection that may have ended
  { printf '%s' "$1" >&"${to}"; } 2>/dev/null || true
}

hold_session() { # FOLDER VERB HOST USER SSH_PORT
  local folder="$1" from to connection reported="" code=0
  trap report EXIT
  trap '' PIPE # a connection that has ended is known by what it has not said
  await_byte "${places}"
  connect "${@:2}"
  [[ $2 == rollback ]] || say "${manifest}"
  converse
  printf '.' >&"${places}"
  report
  await_byte "${decisions}"
  [[ ${REPLY} != s ]] || say $'switch\n'
  exec {to}>&-
  converse
  wait "${connection}" || code=$?
  note code "${code}"
}
