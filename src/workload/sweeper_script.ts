/**
 * What finds and kills all that is left of a workload, in POSIX shell, since Deno may not read
 * /proc and /sys. It outlives its guard: when its input ends, it kills whatever it was told of.
 *
 * Input, one order a line, and what is answered:
 *   prepare       finds out what the host offers: `pdeathsig`, `bash PATH`, `cgroup`, then `prepared`
 *   arm ID        makes a cgroup for the workload where it can: `armed CGROUP`
 *   adopt ID CGROUP  takes over a workload whose guard is dead
 *   kill          kills all of it, again and again: `swept KILLED LEFT`; LEFT is `?` if unknown
 *
 * - The first file given to grep is a proof that the search works: the command line of grep holds
 *   the very entry it looks for. Without it "nothing found" would also mean "no grep, no /proc".
 * - Whole entries are compared (-z -x), so that "abc" never finds "abcd".
 * - The second look at what was found comes right before the kill. The kernel gives out pids in a
 *   circle, so in that time a pid does not become a stranger's.
 * - A process that forks and ends in turn is in no list for long. So where no cgroup holds all, those
 *   that the kernel started last are looked at once more, and again and again while some are left.
 */
export const SWEEPER_SCRIPT = `
trap '' TERM INT HUP QUIT PIPE
id= cgroup= parent=

own_cgroup() {
  path= folder=
  while IFS=: read -r number controllers rest; do
    if [ "$number:$controllers" = 0: ]; then path=$rest; fi
  done </proc/self/cgroup
  while read -r _ _ _ root mount rest; do
    case $rest in *' - cgroup2 '*) ;; *) continue ;; esac
    case $path in
      "$root" | "\${root%/}"/*) folder=$mount\${path#"\${root%/}"} ;;
    esac
  done </proc/self/mountinfo
  folder=\${folder%/}
  [ -n "$path" ] && [ -n "$folder" ]
}

prepare() {
  if setpriv --pdeathsig KILL -- true; then echo pdeathsig; fi
  if bash=$(command -v bash); then echo "bash $bash"; fi
  probe=
  if own_cgroup; then probe=$folder/masterd-probe-$$; fi
  if [ -n "$probe" ] && mkdir "$probe"; then
    if [ -w "$probe/cgroup.kill" ] && sh -c 'echo $$ >"$0/cgroup.procs"' "$probe"; then
      parent=$folder
      echo cgroup
    fi
    rmdir "$probe"
  fi
  echo prepared
}

arm() {
  id=$1 cgroup=
  if [ -n "$parent" ] && mkdir "$parent/masterd-$id"; then cgroup=$parent/masterd-$id; fi
  echo "armed $cgroup"
}

kill_cgroup() {
  if [ -n "$cgroup" ] && [ -f "$cgroup/cgroup.kill" ]; then echo 1 >"$cgroup/cgroup.kill"; fi
}

# Into populated: whether any process of the cgroup lives.
look_into_cgroup() {
  populated=0
  if [ -z "$cgroup" ] || [ ! -f "$cgroup/cgroup.events" ]; then return; fi
  while read -r name value; do
    if [ "$name" = populated ]; then populated=$value; fi
  done <"$cgroup/cgroup.events"
}

# Into found: which of these files hold the mark.
find_marked() {
  found=$(grep -lzxF -e "MASTERD_WORKLOAD_ID=$id" -- /proc/self/cmdline "$@")
  case $found in
    /proc/self/cmdline*) found=\${found#/proc/self/cmdline} ;;
    *) found= blind=1 ;;
  esac
}

kill_found() {
  pids=
  for file in $found; do
    pid=\${file#/proc/}
    pid=\${pid%/environ}
    pids="$pids $pid"
    marked=$((marked + 1))
    case "$before " in *" $pid "*) ;; *) killed=$((killed + 1)) ;; esac
  done
  if [ -z "$pids" ]; then return; fi
  kill -KILL $pids
  before=$pids
}

kill_marked() {
  find_marked /proc/[0-9]*/environ
  if [ -n "$found" ]; then find_marked $found; fi
  kill_found
}

kill_newest() {
  read -r _ _ _ _ newest </proc/loadavg
  files= number=0
  while [ "$number" -lt 64 ]; do
    files="$files /proc/$((newest - number))/environ"
    number=$((number + 1))
  done
  find_marked $files
  kill_found
}

# Into left: how many it found alive in its last round.
kill_all() {
  killed=0 before= round=0
  while [ "$round" -lt 40 ]; do
    round=$((round + 1)) marked=0 blind=0
    if [ "$round" -gt 4 ]; then sleep 0.02 || sleep 1; fi
    kill_cgroup
    kill_marked
    left=$marked
    if [ -z "$cgroup" ]; then kill_newest; fi
    look_into_cgroup
    if [ "$left" = 0 ]; then left=$((marked + populated)); fi
    case $blind$left in 00) break ;; 1*) left='?' ;; esac
    hunts=0
    while [ "$hunts" -lt $((round * 4 - 8)) ]; do
      hunts=$((hunts + 1))
      kill_newest
    done
  done
}

forget() {
  if [ -n "$cgroup" ]; then find "$cgroup" -depth -type d -exec rmdir {} +; fi
  id= cgroup=
}

while read -r order argument rest; do
  case $order in
    prepare) prepare ;;
    arm) arm "$argument" ;;
    adopt) id=$argument cgroup=$rest ;;
    kill)
      killed=0 left=0
      if [ -n "$id" ]; then kill_all; fi
      echo "swept $killed $left"
      if [ "$left" = 0 ]; then forget; fi
      ;;
  esac
done

attempts=0
while [ -n "$id" ] && [ "$attempts" -lt 60 ]; do
  kill_all
  if [ "$left" = 0 ]; then forget; else sleep 1; fi
  attempts=$((attempts + 1))
done
`;
