#!/usr/bin/env bash
# Shows masters, leader and workers of the whole cluster, and says what is missing; `--wait SECONDS` waits until nothing
# is. Arguments go to `masterd status`.
set -euo pipefail
# shellcheck source=bin/config.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/config.sh"

main() {
  load_settings
  exec "${MASTERD_BIN}" status --configDir "${config_dir}" "$@"
}

main "$@"
