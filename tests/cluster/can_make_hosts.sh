#!/usr/bin/env bash
# Whether hosts can be made here, `can_make_hosts.sh root|user`, with the rights of root or with those of
# an ordinary user; without an argument, either way. Neither a chroot nor a container without rights allows it.
set -euo pipefail
export PATH="${PATH}:/usr/sbin:/sbin"

# Whoever enters the namespaces of a process gets their root, which is another one than that of a chroot.
# shellcheck disable=SC2016
readonly parts='
  [ "$(stat -c %d:%i /)" = "$(nsenter --mount=/proc/self/ns/mnt stat -c %d:%i /)" ] &&
  ip link add probe type bridge &&
  mount -t tmpfs tmpfs /mnt && mkdir /mnt/old && cd /mnt && pivot_root . old'

can_make() { # FLAG...
  unshare "$@" --net --uts --ipc --mount --pid --fork sh -c "${parts}" >/dev/null 2>&1
}

main() {
  case "${1:-}" in
    root) can_make ;;
    user) can_make --user --map-root-user ;;
    *) can_make || can_make --user --map-root-user ;;
  esac
}

main "$@"
