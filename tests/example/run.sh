#!/usr/bin/env bash
# The reference example with the built binary alone: dist/masterd beside bin/ and conf/ in an empty
# folder, or what a tarball of `make dist` unpacks to; no Deno on PATH. Ends with a line
# `N passed, N failed`.
#   run.sh embedded|apache [TARBALL]
set -euo pipefail

readonly PORTS=(8081 8082)
example="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
parent="$(mktemp -d)"
readonly example parent root="${example}/../.." folder="${parent}/a folder"
passed=0
# shellcheck source=tests/example/probes.sh
source "${example}/probes.sh"

cleanup() {
  timeout 30 "${folder}/bin/stop-cluster.sh" >/dev/null 2>&1 || true
  timeout 30 "${folder}/bin/stop-zookeeper-quorum.sh" >/dev/null 2>&1 || true
  rm -rf "${parent}"
}

install_files() { # embedded|apache [TARBALL]
  local server="$1"
  shift
  mkdir "${folder}"
  if (($# > 0)); then
    tar --extract --gzip --file="$1" --directory="${folder}" --strip-components=1
    (cd -- "${folder}" && sha256sum --check --quiet SHA256SUMS)
  else
    cp -r "${root}/bin" "${root}/conf" "${root}/dist/masterd" "${folder}"
  fi
  printf 'masterd.zookeeper.server: %s\n' "${server}" >>"${folder}/conf/flink-conf.yaml"
}

step() { # NAME COMMAND...
  local name="$1"
  if ! "${@:2}"; then
    echo "FAILED: ${name}"
    tail -n 20 "${folder}"/log/* 2>/dev/null || true
    printf '%d passed, 1 failed\n' "${passed}"
    exit 1
  fi
  echo "ok: ${name}"
  passed=$((passed + 1))
}

script() { timeout 60 "${folder}/bin/$1" "${@:2}"; }

ports_are_free() {
  local port
  for port in 2181 "${PORTS[@]}"; do
    if is_open "${port}"; then echo "port ${port} is taken" && return 1; fi
  done
}

# The embedded server is a process of this folder's binary, the other one is Java's.
serves_zookeeper() { # embedded|apache
  local found=apache
  if processes "${folder}" | grep -q -- ' zookeeper '; then found=embedded; fi
  [[ "${found}" == "$1" ]]
}

one_leads() {
  leader="$(answering /leader "${PORTS[@]}")"
  [[ "${leader}" =~ ^[0-9]+$ ]]
}

leads() { [[ "$(answering /leader "${PORTS[@]}")" == "$1" ]]; }

is_standby() { [[ "$(answering /standby "$1")" == "$1" && "$(http_status "$1" /leader)" == 503 ]]; }

worker_registered() { # TIMES
  (($(cat "${folder}"/log/*taskexecutor*.log | grep -c 'registered with leader') >= $1))
}

kill_master() { # PORT
  local pid
  read -r pid _ < <(processes "${folder}" | grep -- " jobmanager .*--webui-port $1\b")
  kill -KILL "${pid}"
}

nothing_runs() { [[ -z "$(processes "${folder}")" ]]; }

main() {
  [[ "${1:-}" == @(embedded|apache) ]] || { echo "Usage: run.sh embedded|apache [TARBALL]" >&2 && exit 64; }
  [[ "$1" == embedded ]] || "${root}/tools/zookeeper.sh" ensure
  export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
  trap cleanup EXIT
  trap 'exit 143' TERM INT
  install_files "$@"
  cd /
  step "no Deno on PATH" [ -z "$(command -v deno)" ]
  step "the ports of the example are free" ports_are_free
  step "ZooKeeper is started" script start-zookeeper-quorum.sh
  step "it is the one that was asked for" serves_zookeeper "$1"
  step "the cluster is started" script start-cluster.sh
  step "exactly one master leads" wait_for 30 one_leads
  local other=$((PORTS[0] + PORTS[1] - leader))
  step "the other is standby" is_standby "${other}"
  step "the worker is registered" wait_for 10 worker_registered 1
  step "the leader is killed with -9" kill_master "${leader}"
  # Long before the session timeout of conf/ (10 s): the session of the dead one is released.
  step "the other leads at once" wait_for 3 leads "${other}"
  step "the worker is registered again" wait_for 20 worker_registered 2
  step "the killed one is started again" script jobmanager.sh start localhost "${leader}"
  step "it is standby" wait_for 10 is_standby "${leader}"
  step "the cluster is stopped" script stop-cluster.sh
  step "ZooKeeper is stopped" script stop-zookeeper-quorum.sh
  step "nothing is left running" wait_for 5 nothing_runs
  step "no pid file is left" [ -z "$(ls -A "${folder}/run" 2>/dev/null)" ]
  printf '%d passed, 0 failed\n' "${passed}"
}

main "$@"
