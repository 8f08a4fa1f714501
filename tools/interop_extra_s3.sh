#!/usr/bin/env bash
# Tests of s3:// against real S3 servers.
#
# With MASTERD_TEST_S3_ENDPOINT: the server there, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where
# it needs them, AWS_SESSION_TOKEN and AWS_REGION; the tests make a bucket masterd-test-<uuid> and leave
# it behind. Without: MinIO and moto, which are built once into .cache/interop-extra/s3. MinIO needs
# Go 1.24 or newer and its module proxy (two minutes, 150 MB in the end);
# moto needs Python 3.9 or newer with venv, and PyPI (320 MB).
set -euo pipefail

tools="$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
readonly tools
cd -- "${tools}/.."
# shellcheck source=tools/stages.sh
source "${tools}/stages.sh"

readonly MINIO_VERSION=v0.0.0-20260212201848-7aac2a2c5b7c MOTO_VERSION=5.2.5
readonly CACHE="${PWD}/.cache/interop-extra/s3"

needed_minio() {
  [[ ! -x "${CACHE}/minio" ]] || return 0
  "${tools}/apt.sh" go=golang-go || return
  local build="${CACHE}/minio.unfinished" status=0
  mkdir -p "${build}"
  GOBIN="${build}/bin" GOPATH="${build}/path" GOCACHE="${build}/cache" GOFLAGS=-modcacherw \
    go install "github.com/minio/minio@${MINIO_VERSION}" || status=$?
  ((status != 0)) || mv -- "${build}/bin/minio" "${CACHE}/minio"
  rm -rf -- "${build}"
  return "${status}"
}

# A virtual environment cannot be moved: a mark tells that it is whole.
needed_moto() {
  [[ ! -e "${CACHE}/moto/complete" ]] || return 0
  "${tools}/apt.sh" python3=python3-venv || return
  rm -rf -- "${CACHE}/moto"
  python3 -m venv "${CACHE}/moto" || return
  "${CACHE}/moto/bin/pip" --quiet --disable-pip-version-check install \
    "moto[server,s3]==${MOTO_VERSION}" || return
  touch "${CACHE}/moto/complete"
}

s3_tests() {
  stage "$1" 300 env "$2" "${tools}/deno.sh" test --no-check --allow-all tests/interop_extra/s3_test.ts
}

main() {
  case "${1:-}" in
    --needed-minio) needed_minio ;;
    --needed-moto) needed_moto ;;
    *) if [[ -n "${MASTERD_TEST_S3_ENDPOINT:-}" ]]; then
      s3_tests "S3 server at ${MASTERD_TEST_S3_ENDPOINT}" MASTERD_TEST_S3_PROGRAM=
    else
      stage "MinIO" 900 "${tools}/interop_extra_s3.sh" --needed-minio
      s3_tests "S3 tests with MinIO" MASTERD_TEST_S3_PROGRAM="${CACHE}/minio"
      stage "moto" 300 "${tools}/interop_extra_s3.sh" --needed-moto
      s3_tests "S3 tests with moto" MASTERD_TEST_S3_PROGRAM="${CACHE}/moto/bin/moto_server"
    fi
      summary
      ;;
  esac
}

main "$@"
