import {
  isZkError,
  joinPath,
  type NodeData,
  parentPath,
  untilAnswered,
  type ZooKeeper,
} from "zookeeper";
import { inParallel } from "../../async/in_parallel.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type {
  ClockFacts,
  ContenderFacts,
  ElectionFacts,
  LeaderFacts,
} from "../../daemon/doctor/facts.ts";
import { latchQueue } from "../../election/latch_order.ts";
import type { ElectionLayout } from "../../election/layout.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { decodePause } from "../../election/pause.ts";
import { readLeader } from "../../election/retrieval.ts";
import { shown } from "../status/master_status.ts";
import { NodeReader } from "./node_reader.ts";
import { clockOf } from "./zookeeper_clock.ts";

/** More than any cluster has: whoever may write there could keep a reader busy for ever. */
const MAX_READ = 200;
const PARALLEL_READS = 20;

/** What ZooKeeper tells of an election. */
export interface ElectionLook {
  election: ElectionFacts & { kind: "seen" };
  clock: ClockFacts | undefined;
}

/** Reads who leads, who stands in the queue and what is in the way; changes nothing. */
export async function lookAtElection(
  zk: ZooKeeper,
  { layout, sessionTimeoutMs, signal }: {
    layout: ElectionLayout;
    sessionTimeoutMs: number;
    signal: AbortSignal;
  },
): Promise<ElectionLook> {
  // The server of this session may lag behind what others wrote.
  await untilAnswered(() => zk.sync(layout.latch, { signal }), { signal });
  const reader = new NodeReader(zk, { signal });
  const places = [layout.latch, layout.masters, parentPath(layout.connectionInfo)];
  const [queue, published, pause] = await Promise.all([
    readQueue(reader, layout),
    readPublished(zk, reader, { layout, signal }),
    reader.node(layout.pause),
    ...places.map((path) => reader.tryCreating(path)),
  ]);
  const { refusals, stamps } = reader;
  const clock = clockOf(stamps, { sessionTimeoutMs, isBeating: published.leader !== undefined });
  const seen = { ...published, queue, refusals, ...(pause ? { pause: pauseFacts(pause) } : {}) };
  return { election: { kind: "seen", ...seen }, clock };
}

async function readQueue(
  reader: NodeReader,
  { latch, masters, connectionInfo }: ElectionLayout,
): Promise<ContenderFacts[]> {
  const [places, registrations, information] = await Promise.all([
    reader.children(latch).then((names) => latchQueue(names).contenders),
    reader.children(masters),
    reader.node(connectionInfo),
  ]);
  const registered = await nodesOf(reader, masters, registrations);
  const sessions = new Set(registered.map(([, { stat }]) => stat.ephemeralOwner));
  return (await nodesOf(reader, latch, places)).map(([path, { data, stat }]) => {
    const { ephemeralOwner: owner } = stat;
    const participant = shown(new TextDecoder().decode(data)) || path;
    return {
      participant,
      path,
      ...(owner === 0n ? {} : { session: `0x${BigInt.asUintN(64, owner).toString(16)}` }),
      isMaster: owner !== 0n && sessions.has(owner),
      isPublished: owner !== 0n && owner === information?.stat.ephemeralOwner,
    };
  });
}

/** Those that are still there, in the order of their names. */
async function nodesOf(
  reader: NodeReader,
  parent: string,
  names: readonly string[],
): Promise<[path: string, node: NodeData][]> {
  const found = new Map<string, NodeData>();
  const paths = names.slice(0, MAX_READ).map((name) => joinPath(parent, name));
  await inParallel(paths, PARALLEL_READS, async (path) => {
    const node = await reader.node(path);
    if (node !== undefined) found.set(path, node);
  });
  return paths.flatMap((path): [string, NodeData][] => {
    const node = found.get(path);
    return node === undefined ? [] : [[path, node]];
  });
}

async function readPublished(
  zk: ZooKeeper,
  reader: NodeReader,
  { layout, signal }: { layout: ElectionLayout; signal: AbortSignal },
): Promise<{ leader?: LeaderFacts; damage?: string }> {
  const [information] = await Promise.all([
    reader.node(layout.connectionInfo),
    reader.node(layout.details),
  ]);
  if (information === undefined) return {};
  let damage: string | undefined;
  const onCorrupt = (error: Error) => damage = shown(error.message);
  const leader = await readLeader(zk, { layout, watch: () => {}, onCorrupt, signal }).catch(
    (error) => {
      // The reader tells that it may not be read.
      if (!isZkError(error, "NoAuth")) throw error;
    },
  );
  if (damage !== undefined) return { damage };
  return leader === undefined ? {} : { leader: leaderFacts(leader) };
}

function leaderFacts({ address, details }: LeaderInformation): LeaderFacts {
  if (details === undefined) return { name: shown(address), isMasterd: false };
  const { host, webuiPort: port, epoch } = details;
  return { name: shown(formatHostPort({ host, port })), isMasterd: true, epoch: String(epoch) };
}

function pauseFacts(node: NodeData) {
  const { since, by, reason } = decodePause(node);
  return { since: shown(since), by: shown(by), reason: reason === null ? null : shown(reason) };
}
