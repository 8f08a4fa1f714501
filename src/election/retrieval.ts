import { isFinal, isZkError, type ZooKeeper } from "zookeeper";
import type { Logger } from "../log/logger.ts";
import {
  CorruptLeaderInformationError,
  decodeLeaderInformation,
  type PublishedLeader,
} from "./java_stream.ts";
import type { ElectionLayout } from "./layout.ts";
import { decodeDetails } from "./leader_details.ts";
import type { LeaderInformation } from "./leadership.ts";
import { WakeUp } from "./wake_up.ts";

const NOTHING = new Uint8Array();

/**
 * The leader now, and then each other one; undefined while none is known, which includes the time
 * without a connection. Ends when the signal aborts.
 * @throws {ZkError} SessionExpired, SessionClosed or AuthFailed: the session is over, try another one
 */
export async function* followLeader(
  zk: ZooKeeper,
  options: { layout: ElectionLayout; logger: Logger; signal: AbortSignal },
): AsyncGenerator<LeaderInformation | undefined, void, void> {
  const { signal } = options;
  using wakeUp = new WakeUp(zk);
  const onCorrupt = corruptionReport(options);
  let last: string | undefined;
  while (true) {
    wakeUp.reset();
    const leader = await currentLeader(zk, wakeUp, { ...options, onCorrupt });
    if (signal.aborted) return;
    // Throws how the session ended: no change of its state will come any more to wake us.
    if (isFinal(zk.state)) await zk.connected({ signal });
    // Of the two nodes one was read before a change and one behind it: nobody ever published that.
    const isTorn = wakeUp.isWoken && leader !== undefined && leader.details === undefined;
    if (isTorn) continue;
    const key = leaderKey(leader);
    if (key !== last) yield leader;
    last = key;
    await wakeUp.next(signal).catch(() => {});
  }
}

async function currentLeader(
  zk: ZooKeeper,
  wakeUp: WakeUp,
  options: {
    layout: ElectionLayout;
    onCorrupt: (error: CorruptLeaderInformationError) => void;
    signal: AbortSignal;
  },
): Promise<LeaderInformation | undefined> {
  if (zk.state.kind === "suspended") return undefined;
  const { layout, onCorrupt, signal } = options;
  try {
    const [information, document] = await Promise.all([
      readWatched(zk, layout.connectionInfo, wakeUp, signal),
      readWatched(zk, layout.details, wakeUp, signal),
    ]);
    const leader = decodeLeaderInformation(information);
    return leader === undefined ? undefined : { ...leader, ...detailsOf(leader, document) };
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

/** The data of a node that may be missing, with a watch in both cases. */
async function readWatched(
  zk: ZooKeeper,
  path: string,
  wakeUp: WakeUp,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (await zk.exists(path, { watch: wakeUp.wake, signal }) === undefined) return NOTHING;
  try {
    return (await zk.getData(path, { signal })).data;
  } catch (error) {
    // It went just now, which the watch tells.
    if (isZkError(error, "NoNode")) return NOTHING;
    throw error;
  }
}

function leaderKey(leader: LeaderInformation | undefined): string {
  if (leader === undefined) return "none";
  return `${leader.leaderSessionId} ${leader.address} ${leader.details?.rpcPort ?? ""}`;
}
