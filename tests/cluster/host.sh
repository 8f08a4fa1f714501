#!/usr/bin/env bash
# The first process of a host, in namespaces of its own: `host.sh boot FOLDER USER ADDRESSES SHARED_PATH...`. Builds a file
# system in which there is little of the machine's own, waits for a line on its input (the link is there), sets the
# network up, and serves ssh until its input ends. With it ends every process of the host.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

readonly READY_LIMIT=200 # looks, one every 50 ms

# What belongs to the system is shared with the machine: programs, libraries, their settings.
mount_system() {
  local path
  for path in /bin /sbin /lib* /usr /etc /dev; do
    if [[ -L ${path} ]]; then cp -P "${path}" "${root}/"; else share "${path}"; fi
  done
  for path in "${folder}/etc"/*; do
    [[ ! -e ${root}/etc/${path##*/} ]] || mount --bind "${path}" "${root}/etc/${path##*/}"
  done
}

# What belongs to the host: /opt and /home stay when it dies, the rest does not.
mount_own() {
  local path
  for path in opt home; do
    mkdir "${root}/${path}"
    mount --bind "${folder}/${path}" "${root}/${path}"
  done
  mkdir -m 0755 "${root}"/{run,run/sshd,var,proc,old}
  mkdir -m 1777 "${root}"/{tmp,var/tmp}
  mount -t proc proc "${root}/proc"
}

# By the same name here and there; on top of what is the host's own.
share() { # PATH
  # It lies in a folder that is shared already.
  [[ ! ${root}$1 -ef $1 ]] || return 0
  if [[ -d $1 ]]; then
    mkdir -p "${root}$1"
  else
    mkdir -p "${root}${1%/*}"
    touch "${root}$1"
  fi
  mount --rbind "$1" "${root}$1"
}

enter_root() {
  cd "${root}"
  pivot_root . old
  cd /
  umount -l /old
}

set_up_network() {
  local address
  hostname "$(cat "/home/hostname")"
  # A container's default may be to have none of it.
  echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
  # An ordinary user's sshd listens on an ordinary port.
  echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
  ip link set lo up
  for address in "$@"; do
    [[ ${address} != *:* ]] || address+=" nodad"
    # shellcheck disable=SC2086 # an address and an option
    ip address add ${address} dev eth0
  done
  ip link set eth0 up
}

boot() { # FOLDER USER ADDRESSES SHARED_PATH...
  local path root
  readonly folder="$1" user="$2" addresses="$3"
  shift 3
  root="${folder}/root"
  mount -t tmpfs -o mode=0755 tmpfs "${root}"
  mount_system
  mount_own
  for path in "$@"; do share "${path}"; done
  enter_root
  read -r _
  # shellcheck disable=SC2086 # words
  set_up_network ${addresses}
  if [[ ${user} == root ]]; then serve; fi
  # As root of a namespace sshd would become other users, whom there are none.
  exec unshare --user --map-user=1000 --map-group=1000 -- "${BASH_SOURCE[0]}" serve
}

serve() {
  local look
  /usr/sbin/sshd -D -e -f /home/sshd_config </dev/null >/home/sshd.log 2>&1 &
  for ((look = 0; look < READY_LIMIT; look++)); do
    if (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; then echo ready && break; fi
    sleep 0.05
  done
  # Whoever started this has died when the input ends. A shell also reaps what daemons leave behind.
  while read -r _; do :; done
  exit
}

"$@"
