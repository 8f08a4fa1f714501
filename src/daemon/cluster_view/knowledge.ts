import { type HostPort, isIPv6 } from "../../config/host_port.ts";
import type { ElectionPicture } from "../../election/election_picture.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { Pause } from "../../election/pause.ts";
import type { LeaderStatus, NodeStatus } from "../../http/status.ts";
import type { LeaderAnswer } from "./leader_call.ts";
import type { LeaderReport } from "./leader_report.ts";
import { shortText } from "./short_text.ts";

/** All that a master knows of its cluster at a time. */
export interface ClusterKnowledge {
  /** The wall clock, for people. */
  now: Date;
  /** The same time as performance.now() counts. */
  ticks: number;
  /** What it says of itself, with no more than the first of its workers. */
  own: NodeStatus;
  /** How many workers it has. */
  workersCount: number;
  /** The leader that others see. */
  leader: LeaderInformation | undefined;
  /** Undefined while ZooKeeper has not answered, or is not used. */
  election: ElectionPicture | undefined;
  /** What came of asking the leader. */
  answer: LeaderAnswer;
  pause: Pause | undefined;
  /** Those of conf/masters; undefined if it cannot be read. */
  configured: readonly HostPort[] | undefined;
  /** Whether it takes requests for a switchover. */
  takesSwitchovers: boolean;
}

/** Who leads, as this master knows: itself, or who is published. */
export interface KnownLeader extends Pick<LeaderStatus, "address" | "leaderSessionId" | "epoch"> {
  own: boolean;
  /** Undefined if the leader is not masterd. */
  place: HostPort | undefined;
}

export function knownLeader({ own, leader }: ClusterKnowledge): KnownLeader | undefined {
  if (own.role === "leader" && own.leader?.own) {
    const { host, webuiPort: port } = own.node;
    return { ...own.leader, own: true, place: { host, port } };
  }
  if (leader === undefined) return undefined;
  const { address, leaderSessionId, details } = leader;
  return {
    address: shortText(address),
    leaderSessionId: shortText(leaderSessionId),
    epoch: details === undefined ? null : String(details.epoch),
    own: false,
    place: details && { host: shortText(details.host), port: details.webuiPort },
  };
}

/** What the leader of now told, if it is another and did. */
export function reportOf({ answer, leader }: ClusterKnowledge): LeaderReport | undefined {
  if (answer.kind !== "told" || answer.leaderSessionId !== leader?.leaderSessionId) {
    return undefined;
  }
  return answer.report;
}

/** Takes apart what a master or another contender calls itself; port 0 if it is no `host:port`. */
export function placeOf(participant: string): HostPort {
  const text = shortText(participant);
  const [, bracketed, name, port] = /^(?:\[([^[\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = name ?? (bracketed !== undefined && isIPv6(bracketed) ? bracketed : undefined);
  return host === undefined || Number(port) > 65535
    ? { host: text, port: 0 }
    : { host, port: Number(port) };
}
