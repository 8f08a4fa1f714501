#!/usr/bin/env bash
# Stands in for the binary: takes as long for an answer and for the start of a daemon as the real one does, but sleeps
# meanwhile. Sixteen real ones would compete for the processors of this one machine, and only that would be measured.
set -euo pipefail

readonly ANSWER_S=0.07 START_S=0.3

case "$1" in
  script-env | masters | workers)
    sleep "${ANSWER_S}"
    cat "${MASTERD_HOME}/conf/$1"
    ;;
  taskmanager)
    sleep "${START_S}"
    printf 'ready\n' >"${MASTERD_READY_FILE}"
    exec sleep 3600
    ;;
esac
