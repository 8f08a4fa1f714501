#!/usr/bin/env bash
# Other clients on the embedded ZooKeeper server: the native node client, and the public test-suites of Kazoo
# and go-zk. MASTERD_BIN names a built binary whose server the suites take in the place of the sources'.
# `interop_extra_zookeeper.sh apache` runs the suites on Apache ZooKeeper, to compare: what is left out below
# fails there, too.
#
# What is fetched is kept in .cache/interop-extra: the npm package zookeeper (Node 20, python3, make and g++;
# compiled in one minute), Kazoo with what its tests need (Python 3.9 with venv, PyPI; 60 MB), go-zk
# (Go 1.20 and its module proxy). Four minutes on two cores.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

readonly NATIVE_VERSION=7.2.0 KAZOO_VERSION=2.11.0 GO_ZK_VERSION=v1.0.4 APACHE_VERSION=3.8.0
readonly CACHE="${PWD}/.cache/interop-extra"
# Kazoo's of several servers, TLS, SASL, changes of the configuration; go-zk's of three servers.
readonly KAZOO_WITHOUT="test_update_host_list or TestReconfig or TestSSLClient or TestReadOnlyMode or test_sasl"
readonly GO_ZK_WITHOUT='BasicCluster|ClientClusterFailover|NoQuorum|RecurringReAuthHang|HostProviderReconnect|Reconfig'

needed_native() {
  local folder="${CACHE}/native-client"
  [[ ! -e "${folder}/node_modules/zookeeper/build/Release/zookeeper.node" ]] || return 0
  "${tools}/apt.sh" node=nodejs npm=npm python3=python3 make=make g++=g++ || return
  mkdir -p "${folder}"
  # Debian's Node has its headers at hand; others fetch them.
  [[ ! -e /usr/include/node/node.h ]] || export npm_config_nodedir=/usr
  npm install --no-audit --no-fund --loglevel=error --prefix "${folder}" "zookeeper@${NATIVE_VERSION}"
}

# A virtual environment cannot be moved: a mark tells that it is whole.
needed_kazoo() {
  local folder="${CACHE}/kazoo"
  [[ ! -e "${folder}/complete" ]] || return 0
  "${tools}/apt.sh" python3=python3-venv || return
  rm -rf -- "${folder}"
  python3 -m venv "${folder}" || return
  "${folder}/bin/pip" --quiet --disable-pip-version-check install \
    "kazoo[test]==${KAZOO_VERSION}" pytest-timeout || return
  touch "${folder}/complete"
}

# Its reader of `srvr` knows the dates of ZooKeeper 3.6 and older only: that of 3.8 is put in its place.
needed_go_zk() {
  local folder="${CACHE}/go-zk" module
  [[ ! -e "${folder}" ]] || return 0
  "${tools}/apt.sh" go=golang-go || return
  module="$(cd / && go mod download -json "github.com/go-zookeeper/zk@${GO_ZK_VERSION}" |
    sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
  [[ -d "${module}" ]] || return
  rm -rf -- "${folder}.unfinished"
  mkdir -p "${CACHE}"
  cp -r --no-preserve=mode -- "${module}" "${folder}.unfinished"
  # shellcheck disable=SC2016 # Nothing in it is meant for the shell.
  sed -i -e 's/^\(\t\tzrVer *= `\).*`$/\1^Zookeeper version: (.+), built on (\\S+ \\S+ \\S+)`/' \
    -e 's/"01\/02\/2006 15:04 MST"/"2006-01-02 15:04 MST"/' "${folder}.unfinished/flw.go"
  mv -- "${folder}.unfinished" "${folder}"
}

kazoo_suite() {
  PYTHONPATH="${PWD}/tests/interop_extra" PYTHONDONTWRITEBYTECODE=1 ZOOKEEPER_VERSION="${APACHE_VERSION}" CI=true \
    "${CACHE}/kazoo/bin/python" -m pytest -p kazoo_server -p no:cacheprovider --quiet --no-header --tb=short \
    --disable-warnings --show-capture=no --timeout 60 -k "not (${KAZOO_WITHOUT})" --pyargs kazoo.tests
}

go_zk_suite() {
  cd -- "${CACHE}/go-zk"
  GOFLAGS=-mod=mod ZK_VERSION="${APACHE_VERSION}" go test -count=1 -timeout 280s -run '^TestIntegration_' \
    -skip "${GO_ZK_WITHOUT}" .
}

main() {
  case "${1:-}" in
    --needed-native | --needed-kazoo | --needed-go-zk | --kazoo-suite | --go-zk-suite)
      local act="${1#--}"
      "${act//-/_}"
      ;;
    apache) suites_on "Apache ZooKeeper" "$("${tools}/zookeeper.sh" locate)/bin" ;;
    *)
      stage "native client" 300 "${tools}/interop_extra_zookeeper.sh" --needed-native
      stage "tests of the native client" 120 env MASTERD_TEST_NATIVE_CLIENT="${CACHE}/native-client" \
        "${tools}/deno.sh" test --no-check --allow-all tests/interop_extra/native_client_test.ts
      suites_on "the embedded server" "${PWD}/tests/interop_extra"
      ;;
  esac
}

suites_on() {
  local itself="${tools}/interop_extra_zookeeper.sh"
  export ZOOKEEPER_BIN_PATH="$2"
  stage "Kazoo" 300 "${itself}" --needed-kazoo
  stage "Kazoo's tests on $1" 400 "${itself}" --kazoo-suite
  stage "go-zk" 120 "${itself}" --needed-go-zk
  stage "go-zk's tests on $1" 300 "${itself}" --go-zk-suite
  summary
}

main "$@"
