import { withLimit } from "../../async/abortable.ts";
import type { HighAvailabilityServices } from "../../daemon/high_availability/services.ts";
import { electionLayout } from "../../election/layout.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { DrilledLeader, RoundEnd } from "./round.ts";
import { placeOf } from "./switchover_round.ts";

export interface KillRoundOptions {
  services: HighAvailabilityServices;
  /** Root and cluster-id in ZooKeeper. */
  namespace: string;
  /** How long the next leader may take. */
  limitMs: number;
  /** Starts the killed master again, where nobody else does. */
  restart: (leader: DrilledLeader) => Promise<void>;
  kill?: (pid: number) => void;
  isMaster?: (pid: number) => Promise<boolean>;
  /** Of no effect once the leader is killed. */
  signal: AbortSignal;
}

/** Reading a node, or a file of /proc, takes no longer. */
const LOOK_LIMIT_MS = 5000;

/** Kills the daemon of a leader on this host, and waits for the next leader. */
export async function killRound(
  leader: DrilledLeader,
  options: KillRoundOptions,
): Promise<RoundEnd> {
  const obstacle = await obstacleOf(leader, options);
  if (obstacle !== undefined) return { kind: "bad", reason: obstacle };
  const { services, limitMs, kill = killProcess, restart } = options;
  const name = `the leader ${leader.name} (pid ${leader.pid})`;
  let isKilled = false;
  const killNow = (pid: number) => {
    kill(pid);
    isKilled = true;
  };
  const follow = (signal: AbortSignal) => successor(services, { leader, kill: killNow, signal });
  try {
    const end = await withLimit(follow, { act: `The failover of ${name}`, timeoutMs: limitMs });
    if (end === undefined) return { kind: "bad", reason: `${name} had lost leadership already` };
    const { leader: next, gapMs } = end;
    const epoch = next.details?.epoch;
    return { kind: "done", act: "kill", from: leader.name, to: placeOf(next), epoch, gapMs };
  } catch (error) {
    return { kind: "bad", reason: (error as Error).message };
  } finally {
    if (isKilled) await restart(leader);
  }
}

async function obstacleOf(
  { name, pid }: DrilledLeader,
  { services, namespace, signal, isMaster = isJobmanager }: KillRoundOptions,
): Promise<string | undefined> {
  const { pause } = electionLayout(namespace);
  const read = async (limited: AbortSignal) => {
    const zk = await services.zookeeper?.connected(limited);
    return await zk?.exists(pause, { signal: limited });
  };
  const act = "Asking ZooKeeper whether failovers are paused";
  const paused = await withLimit(read, { act, timeoutMs: LOOK_LIMIT_MS, signal });
  if (paused !== undefined) return "failovers are paused: nobody would take over";
  if (await isMaster(pid)) return undefined;
  return `process ${pid} of ${name} is not a master that can be seen from here`;
}

/** Kills the leader once its successor would be seen; undefined if it leads no more. */
async function successor(
  services: HighAvailabilityServices,
  { leader: { leaderSessionId, pid }, kill, signal }: {
    leader: DrilledLeader;
    kill: (pid: number) => void;
    signal: AbortSignal;
  },
): Promise<{ leader: LeaderInformation; gapMs: number } | undefined> {
  let killedAt: number | undefined;
  for await (const seen of services.followLeader({ signal })) {
    if (killedAt === undefined) {
      if (seen?.leaderSessionId !== leaderSessionId) return undefined;
      killedAt = performance.now();
      kill(pid);
    } else if (seen !== undefined && seen.leaderSessionId !== leaderSessionId) {
      return { leader: seen, gapMs: performance.now() - killedAt };
    }
  }
  throw signal.reason;
}

function killProcess(pid: number): void {
  Deno.kill(pid, "SIGKILL");
}

// The program itself may not read /proc. A pid of another container names somebody else, or nobody.
async function isJobmanager(pid: number): Promise<boolean> {
  const script =
    'case "$(tr "\\0" " " <"/proc/$0/cmdline")" in *" jobmanager "*) ;; *) exit 1 ;; esac';
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, String(pid)],
    stderr: "null",
    signal: AbortSignal.timeout(LOOK_LIMIT_MS),
  }).output();
  return success;
}
