import { delay } from "../../../src/async/delay.ts";
import type { Cluster } from "../cluster.ts";
import {
  crash,
  crashWithGuards,
  darkLink,
  type Fault,
  freeze,
  freezeWithGuards,
  halfOpen,
  refused,
  reset,
} from "../faults.ts";
import { latchPathOf, removeLatch } from "../fence.ts";
import type { Master } from "../master.ts";
import type { Account } from "./account.ts";
import { latePut } from "./late_put.ts";
import type { LeaderSearch } from "./leader_search.ts";

/** As long as a write takes on a busy machine. */
const GATHERING_MS = 60;

const { signal } = new AbortController();

/** What a failover happens to. */
export interface Scene {
  cluster: Cluster;
  leader: Master;
  epoch: bigint;
  leaders: LeaderSearch;
  /** An entry that nobody else writes. */
  spare: Account;
}

/** A way in which leadership goes from one master to another while writers are at work. */
export interface Failover {
  title: string;
  fault(scene: Scene): Fault;
  /** Two commands may be at work for a while: only the fence is left. */
  mayOverlap?: boolean;
  /** The lease was broken from outside: what masters and commands do meanwhile says nothing. */
  isUnfair?: boolean;
}

export const FAILOVERS = {
  crash: { title: "kill -9 of the daemon", fault: ({ leader }) => crash(leader) },
  crashWithGuards: {
    title: "kill -9 of daemon and guard",
    fault: ({ leader }) => crashWithGuards(leader),
  },
  freeze: { title: "SIGSTOP of the daemon", fault: ({ leader }) => freeze(leader) },
  freezeWithGuards: {
    title: "SIGSTOP of daemon and guard",
    fault: ({ leader }) => freezeWithGuards(leader),
    mayOverlap: true,
  },
  dark: { title: "dark link", fault: ({ leader }) => darkLink(leader, "drop") },
  holdRequests: {
    title: "requests held",
    fault: ({ leader }) => darkLink(leader, "hold-requests"),
  },
  holdReplies: { title: "replies held", fault: ({ leader }) => darkLink(leader, "hold-replies") },
  halfOpen: { title: "half-open connects", fault: ({ leader }) => halfOpen(leader) },
  refuse: { title: "cut and refused", fault: ({ leader }) => refused(leader) },
  reset: { title: "reset", fault: ({ leader }) => reset(leader) },
  switchover: { title: "switchover", fault: switchover },
  unseat: { title: "latch node removed in the dark", fault: unseat, isUnfair: true },
  latePut: { title: "half a put, SIGSTOP, the other half", fault: latePut },
} as const satisfies Readonly<Record<string, Failover>>;

function switchover({ cluster, leader }: Scene): Fault {
  return {
    name: "switchover",
    begin: async () => {
      const standby = cluster.masters.find((master) => master !== leader)!;
      const { code, text } = await standby.run("switchover");
      if (code !== 0) throw new Error(`masterd switchover ended with code ${code}: ${text}`);
    },
    end: () => Promise.resolve(),
  };
}

/**
 * What the leader sends is held back while its latch node goes, and arrives after another has begun to
 * lead: its session is alive, so that nothing but the check of the latch node can refuse it.
 */
function unseat({ cluster: { address }, leader, epoch }: Scene): Fault {
  return {
    name: "latch node removed in the dark",
    begin: async () => {
      const latchPath = await latchPathOf(address, epoch);
      // All writes come to wait for what they read; then each gets it, and sends its pointer.
      await leader.setLinks("hold-replies");
      await delay(GATHERING_MS, { signal });
      await leader.setLinks("hold-requests");
      await delay(GATHERING_MS, { signal });
      await leader.setLinks("drop");
      await removeLatch(address, latchPath);
    },
    end: () => leader.setLinks("pass"),
  };
}
