# shellcheck shell=bash
# Sourced: runs named stages one after the other, each with a heading, a limit and its time, and
# counts what passed. A stage is one check, unless its output tells how many tests it ran. What failed
# is printed again at the end, where it is found when only the end of a long output is kept.

passed=0
failed=0
stage_process=
stage_log="$(mktemp)"
failure_log="$(mktemp)"
trap 'rm -f "${stage_log}" "${failure_log}"' EXIT
trap 'stop_stage; exit 130' INT
trap 'stop_stage; exit 143' TERM

# stage NAME LIMIT_SECONDS COMMAND...
stage() {
  local name="$1" limit="$2" status=0 started="${EPOCHREALTIME/[.,]/}"
  shift 2
  printf '\n== %s\n' "${name}"
  NO_COLOR=1 timeout --kill-after=20 "${limit}" "$@" </dev/null >"${stage_log}" 2>&1 &
  stage_process=$!
  # Not a pipe: a process that a test left behind would hold it open.
  tail -n +1 -s 0.1 -f --pid="${stage_process}" "${stage_log}" &
  wait "${stage_process}" || status=$?
  wait $!
  stage_process=
  ((status == 124 || status == 137)) && echo "Stopped: not done after ${limit} s"
  count_stage "${status}"
  ((status == 0)) || keep_failure "${name}"
  local elapsed_ms=$(((${EPOCHREALTIME/[.,]/} - started) / 1000))
  printf -- '-- %s: %s, %d.%03d s\n' "${name}" "$( ((status == 0)) && echo ok || echo FAILED)" \
    $((elapsed_ms / 1000)) $((elapsed_ms % 1000))
}

# Adds the tests of a stage, told by the last line `N passed, N failed`, else by all last lines of
# Deno's test runner. A stage that failed has failed at least once, and one without a test, or with
# a skipped one, has not passed.
count_stage() {
  local status="$1" own_passed=0 own_failed=0 told=0 line
  while read -r line; do
    [[ "${line}" =~ ([0-9]+)\ passed.*[^0-9]([0-9]+)\ failed ]] || continue
    told=1
    if [[ "${line}" == *", "* ]]; then own_passed=0 own_failed=0; fi
    own_passed=$((own_passed + BASH_REMATCH[1]))
    own_failed=$((own_failed + BASH_REMATCH[2]))
    if [[ "${line}" =~ [^0-9]([0-9]+)\ ignored ]]; then
      echo "${BASH_REMATCH[1]} tests were skipped"
      own_failed=$((own_failed + BASH_REMATCH[1]))
    fi
  done < <(counting_lines)
  ((told || status != 0)) || own_passed=1
  if ((own_failed == 0 && (status != 0 || own_passed == 0))); then own_failed=1; fi
  passed=$((passed + own_passed))
  failed=$((failed + own_failed))
}

counting_lines() {
  grep -E '^[0-9]+ passed, [0-9]+ failed$' "${stage_log}" | tail -n 1 | grep . ||
    grep -E '^(ok|FAILED) \| [0-9]+ passed' "${stage_log}" || true
}

# What a failed stage says of its failures: the end of its output, from where the summary of its own
# stages or Deno's test runner begins with them.
keep_failure() {
  local from
  from="$(grep -n -m 1 -e '^-- what failed: ' "${stage_log}" || grep -n -m 1 -x ' ERRORS ' "${stage_log}" ||
    true)"
  printf '\n-- what failed: %s\n' "$1"
  if [[ -n "${from}" ]]; then
    tail -n "+${from%%:*}" "${stage_log}" | head -n 200
  else
    tail -n 40 "${stage_log}"
  fi
} >>"${failure_log}"

# Prints what failed, and the count as the last line; fails if anything failed.
summary() {
  cat "${failure_log}"
  printf '\n%d passed, %d failed\n' "${passed}" "${failed}"
  ((failed == 0))
}

stop_stage() {
  [[ -z "${stage_process}" ]] || kill "${stage_process}" 2>/dev/null || true
}
