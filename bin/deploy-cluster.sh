#!/usr/bin/env bash
# Copies binary, bin and conf of this installation to all other hosts of conf/masters, conf/workers and conf/zoo.cfg:
# first to each into a folder of its own, where they are checked; only when all have them does each switch to them, by one
# rename. What was there is kept as `previous`. Sends only what is not there already.
#
# Environment: that of the other scripts, MASTERD_SSH_PARALLEL (16; so many hosts at once), MASTERD_SSH_TIMEOUT (600;
# seconds that a host may take, with waiting for the others).
set -euo pipefail
scripts="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
# shellcheck source=bin/config.sh
source "${scripts}/config.sh"
# shellcheck source=bin/lib/hosts.sh
source "${scripts}/lib/hosts.sh"
# shellcheck source=bin/lib/deploy-targets.sh
source "${scripts}/lib/deploy-targets.sh"
# shellcheck source=bin/lib/deploy-manifest.sh
source "${scripts}/lib/deploy-manifest.sh"
# shellcheck source=bin/lib/deploy-session.sh
source "${scripts}/lib/deploy-session.sh"
# shellcheck source=bin/lib/deploy-phases.sh
source "${scripts}/lib/deploy-phases.sh"
# shellcheck source=bin/lib/deploy-report.sh
source "${scripts}/lib/deploy-report.sh"

readonly usage="Usage: deploy-cluster.sh [--dry-run | --partial] [--rollback [--partial]]"

verb="deploy" partial=""

read_arguments() { # ARGUMENT...
  while (($# > 0)); do
    case "$1:${verb}" in
      --dry-run:deploy) verb="survey" ;;
      --rollback:deploy) verb="rollback" ;;
      --partial:*) partial="yes" ;;
      *) usage_error "${usage}" ;;
    esac
    shift
  done
}

main() {
  local number
  read_arguments "$@"
  load_settings
  require_installation
  list_targets
  ((${#targets[@]} > 0)) || fail 1 "There is no other host in the files of ${config_dir}: nothing to copy."
  [[ ${verb} == rollback ]] || make_manifest
  trap end_sessions EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  begin_sessions
  await_reports
  decide
  for number in "${!targets[@]}"; do report_host "${work}/${number}" "${targets[number]%%$'\t'*}" "${decision}"; done
  print_summary
  [[ -z ${has_switched} ]] ||
    printf 'What runs there stays the version that was started until it is restarted: bin/rolling-restart.sh.\n'
  exit "${exit_code}"
}

main "$@"
