#!/usr/bin/env bash
# Whether this installation is there, can be configured, and is of the version that MASTERD_DAEMON_VERSION names. Called on
# every host before something that must not stop halfway.
set -euo pipefail
# shellcheck source=bin/config.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../config.sh"

main() {
  load_settings
}

main "$@"
