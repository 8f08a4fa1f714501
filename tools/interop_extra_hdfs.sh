#!/usr/bin/env bash
# Tests of hdfs:// against a real Hadoop 3.4 cluster: two name nodes, two data nodes, in one Java process.
#
# Needs Maven and a Java 11 or 17 that compiles, some 80 MB of jars from Maven Central (kept in
# .cache/interop-extra/hdfs; where MASTERD_HADOOP_JARS names a folder, its jars are taken instead),
# 1 GB of memory and one minute.
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

readonly POM=tests/interop_extra/java/hdfs_cluster_pom.xml
export MASTERD_HADOOP_JARS="${MASTERD_HADOOP_JARS:-${PWD}/.cache/interop-extra/hdfs}"

# A copy that was broken off leaves no jars under the name.
needed_jars() {
  "${tools}/apt.sh" javac=default-jdk-headless || return
  [[ ! -e "${MASTERD_HADOOP_JARS}" ]] || return 0
  "${tools}/apt.sh" mvn=maven || return
  local unfinished="${MASTERD_HADOOP_JARS}.unfinished"
  rm -rf -- "${unfinished}"
  mvn --quiet --batch-mode --file "${POM}" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="${unfinished}" || return
  mv -- "${unfinished}" "${MASTERD_HADOOP_JARS}"
}

main() {
  if [[ "${1:-}" == --needed-jars ]]; then
    needed_jars
    return
  fi
  stage "Hadoop" 600 "${tools}/interop_extra_hdfs.sh" --needed-jars
  # Without it every test would only say the same.
  ((failed == 0)) || summary
  stage "HDFS tests" 300 "${tools}/deno.sh" test --no-check --allow-all tests/interop_extra/hdfs_test.ts
  summary
}

main "$@"
