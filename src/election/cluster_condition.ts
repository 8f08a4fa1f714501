import { joinPath, type NodeData } from "zookeeper";
import type { BoundedReads } from "./bounded_reads.ts";
import type { ClusterKind } from "./cluster_parts.ts";
import {
  CorruptLeaderInformationError,
  decodeLeaderInformation,
  type PublishedLeader,
} from "./java_stream.ts";
import { latchQueue } from "./latch_order.ts";
import { electionLayout } from "./layout.ts";

/** How many registered, and how many entries of state there are. */
export interface ClusterSize {
  masters: number;
  entries: number;
}

/** How it stands with a cluster. */
export type ClusterCondition =
  /** A leader is published, and its session is the first in the queue. */
  | { kind: "alive"; leader: PublishedLeader } & ClusterSize
  /** Masters are there, and none of them leads. */
  | { kind: "no-leader" } & ClusterSize
  /** Nobody is there, only what persists. */
  | { kind: "dead" } & ClusterSize
  /** Of Flink or another: whoever is published is taken at its word. */
  | { kind: "flink"; leader: PublishedLeader | undefined };

/** Looks at the cluster at a node; `entries` is the parent of its entries of state. */
export async function readCondition(
  reads: BoundedReads,
  cluster: { path: string; kind: ClusterKind; entries: string },
): Promise<ClusterCondition> {
  if (cluster.kind === "masterd") return await readOwn(reads, cluster);
  return { kind: "flink", leader: await readFlinkLeader(reads, cluster.path) };
}

async function readOwn(
  reads: BoundedReads,
  cluster: { path: string; entries: string },
): Promise<ClusterCondition> {
  const look = await lookAtOwn(reads, cluster);
  if (look.leader === undefined || look.isFirst) return conditionOf(look);
  // Leadership may have moved between the reads of one look.
  return conditionOf(await lookAtOwn(reads, cluster));
}

interface Look extends ClusterSize {
  contenders: readonly bigint[];
  leader: PublishedLeader | undefined;
  /** Whether who published is the first in the queue. */
  isFirst: boolean;
}

async function lookAtOwn(
  reads: BoundedReads,
  cluster: { path: string; entries: string },
): Promise<Look> {
  const layout = electionLayout(cluster.path);
  const [contenders, registrations, information, entries] = await Promise.all([
    ownersBelow(reads, layout.latch, (children) => latchQueue(children).contenders),
    ownersBelow(reads, layout.masters),
    reads.data(layout.connectionInfo),
    reads.stat(cluster.entries),
  ]);
  const masters = registrations.filter(isSession).length;
  const leader = livingLeader(information);
  const isFirst = contenders[0] === information?.stat.ephemeralOwner;
  return { contenders, masters, entries: entries?.numChildren ?? 0, leader, isFirst };
}

function conditionOf({ contenders, leader, isFirst, ...size }: Look): ClusterCondition {
  if (leader !== undefined && isFirst) return { kind: "alive", leader, ...size };
  const isAnybodyThere = size.masters > 0 || contenders.some(isSession);
  return { kind: isAnybodyThere ? "no-leader" : "dead", ...size };
}

async function ownersBelow(
  reads: BoundedReads,
  parent: string,
  choose: (children: readonly string[]) => readonly string[] = (children) => children,
): Promise<bigint[]> {
  return await reads.owners(parent, choose(await reads.children(parent) ?? []));
}

// Since 1.14, and before: the lock itself held the information then.
async function readFlinkLeader(
  reads: BoundedReads,
  path: string,
): Promise<PublishedLeader | undefined> {
  const lock = joinPath(joinPath(path, "leader"), "rest_server_lock");
  const nodes = [electionLayout(path).connectionInfo, lock];
  const [current, former] = await Promise.all(nodes.map((node) => reads.data(node)));
  return livingLeader(current) ?? livingLeader(former);
}

function livingLeader(node: NodeData | undefined): PublishedLeader | undefined {
  if (node === undefined || !isSession(node.stat.ephemeralOwner)) return undefined;
  try {
    return decodeLeaderInformation(node.data);
  } catch (error) {
    if (!(error instanceof CorruptLeaderInformationError)) throw error;
  }
}

function isSession(owner: bigint): boolean {
  return owner !== 0n;
}
