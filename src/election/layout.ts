import { joinPath } from "zookeeper";

/** Where an election happens in ZooKeeper; the layout of Flink since 1.15. */
export interface ElectionLayout {
  /** Parent of the contenders' nodes. */
  latch: string;
  /** The leader's address and session id in Flink's bytes; ephemeral. */
  connectionInfo: string;
  /** What Flink's format cannot carry, as JSON; ephemeral, written together with `connectionInfo`. */
  details: string;
  /** Parent of the masters' registrations, one ephemeral node for each. */
  masters: string;
  /** Where a planned switchover is asked for and confirmed. */
  switchover: { request: string; ready: string };
  /** While this node is there, no standby takes over; persistent. */
  pause: string;
  /** The last leaderships, as JSON; persistent. */
  history: string;
}

/** The component of Flink under which clients look for the address of the leader's web endpoint. */
const COMPONENT = "rest_server";

/** The layout below `<root>/<cluster-id>`. */
export function electionLayout(namespace: string): ElectionLayout {
  const leader = joinPath(namespace, "leader");
  const component = joinPath(leader, COMPONENT);
  const own = joinPath(namespace, "masterd");
  const switchover = joinPath(own, "switchover");
  return {
    latch: joinPath(leader, "latch"),
    connectionInfo: joinPath(component, "connection_info"),
    details: joinPath(component, "masterd_info"),
    masters: joinPath(own, "masters"),
    switchover: { request: joinPath(switchover, "request"), ready: joinPath(switchover, "ready") },
    pause: joinPath(own, "pause"),
    history: joinPath(own, "history"),
  };
}
