import { isFinal, isZkError, readWatched, WakeUp, type Watcher, type ZooKeeper } from "zookeeper";
import type { Logger } from "../log/logger.ts";
import {
  CorruptLeaderInformationError,
  decodeLeaderInformation,
  type PublishedLeader,
} from "./java_stream.ts";
import type { ElectionLayout } from "./layout.ts";
import { decodeDetails } from "./leader_details.ts";
import type { LeaderInformation } from "./leadership.ts";

const NOTHING = new Uint8Array();

/**
 * The leader now, and then each other one; undefined while none is known, which includes the time
 * without a connection unless that is tolerated: the last one known is then taken to lead on. Ends
 * when the signal aborts.
 * @throws {ZkError} SessionExpired, SessionClosed or AuthFailed: the session is over, try another one
 */
export async function* followLeader(
  zk: ZooKeeper,
  options: {
    layout: ElectionLayout;
    logger: Logger;
    tolerateSuspendedConnections?: boolean;
    signal: AbortSignal;
  },
): AsyncGenerator<LeaderInformation | undefined, void, void> {
  const { tolerateSuspendedConnections = true, signal } = options;
  using wakeUp = new WakeUp(zk);
  const onCorrupt = corruptionReport(options);
  let last: string | undefined;
  while (true) {
    wakeUp.reset();
    const leader = await readLeader(zk, { ...options, watch: wakeUp.wake, onCorrupt });
    if (signal.aborted) return;
    // Throws how the session ended: no change of its state will come any more to wake us.
    if (isFinal(zk.state)) await zk.connected({ signal });
    // Of the two nodes one was read before a change and one behind it: nobody ever published that.
    const isTorn = wakeUp.isWoken && leader !== undefined && leader.details === undefined;
    if (isTorn) continue;
    // What it could not be read for may be a lost connection, which is no news of the leader.
    const isUnknown = leader === undefined && (wakeUp.isWoken || zk.state.kind === "suspended");
    if (!isUnknown || !tolerateSuspendedConnections || last === undefined) {
      const key = leaderKey(leader);
      if (key !== last) yield leader;
      last = key;
    }
    await wakeUp.next(signal).catch(() => {});
  }
}

/**
 * The leader as it is published just now, with a watch on both nodes; undefined if there is none, or
 * if it cannot be told.
 */
export async function readLeader(
  zk: ZooKeeper,
  options: {
    layout: ElectionLayout;
    watch: Watcher;
    onCorrupt: (error: CorruptLeaderInformationError) => void;
    signal: AbortSignal;
  },
): Promise<LeaderInformation | undefined> {
  if (zk.state.kind === "suspended") return undefined;
  const { layout, onCorrupt, signal } = options;
  try {
    const [information, document] = await Promise.all([
      readWatched(zk, layout.connectionInfo, options),
      readWatched(zk, layout.details, options),
    ]);
    const leader = decodeLeaderInformation(information?.data ?? NOTHING);
    if (leader === undefined) return undefined;
    return { ...leader, ...detailsOf(leader, document?.data ?? NOTHING) };
  } catch (error) {
    // The change of the session's state, which comes with the loss, makes us look again.
    if (signal.aborted || isZkError(error, "ConnectionLoss")) return undefined;
    if (!(error instanceof CorruptLeaderInformationError)) throw error;
    onCorrupt(error);
    return undefined;
  }
}

/** Warns of each kind of damage once, however often the same bytes are looked at. */
function corruptionReport(
  { layout, logger }: { layout: ElectionLayout; logger: Logger },
): (error: CorruptLeaderInformationError) => void {
  const reported = new Set<string>();
  return (error) => {
    if (reported.has(error.message)) return;
    reported.add(error.message);
    logger.warn("leader information cannot be read", { path: layout.connectionInfo, error });
  };
}

// A document of another leadership is an old one: its session has not ended yet.
function detailsOf(
  leader: PublishedLeader,
  document: Uint8Array,
): Pick<LeaderInformation, "details"> {
  const published = decodeDetails(document);
  if (published?.leaderSessionId !== leader.leaderSessionId) return {};
  return { details: published.details };
}

function leaderKey(leader: LeaderInformation | undefined): string {
  if (leader === undefined) return "none";
  return `${leader.leaderSessionId} ${leader.address} ${leader.details?.rpcPort ?? ""}`;
}
