import type { Acl, Stat, TransactionStep, ZooKeeper } from "zookeeper";
import {
  formatServer,
  isFinal,
  isZkError,
  parentPath,
  TransactionError,
  untilAnswered,
} from "zookeeper";
import { encodeLeaderInformation } from "./java_stream.ts";
import type { ElectionLayout } from "./layout.ts";
import { encodeDetails } from "./leader_details.ts";
import type { LeaderDetails } from "./leadership.ts";

/** Everything that is published of a leadership. */
export interface Publication {
  leaderSessionId: string;
  details: LeaderDetails;
}

/** What a publication is written with. */
export interface Publisher {
  zk: ZooKeeper;
  layout: ElectionLayout;
  acl: readonly Acl[];
  /** Each write checks this node in the same transaction: who lost it cannot publish. */
  latchPath: string;
}

/** A few others may write between our reading and our writing; more than that is somebody's fight. */
const MAX_ATTEMPTS = 10;

/** The address of a leader in the form that Flink publishes for its web endpoint. */
export function leaderAddress({ host, webuiPort }: { host: string; webuiPort: number }): string {
  return `http://${formatServer({ hostname: host, port: webuiPort })}`;
}

/**
 * Writes both nodes of a leader in one transaction, replacing what an earlier leader left.
 * @throws {TransactionError} of the step `check` if the latch node is gone: leadership is lost
 */
export async function publish(
  publisher: Publisher,
  publication: Publication,
  signal: AbortSignal,
): Promise<void> {
  const { zk, layout, acl, latchPath } = publisher;
  const contents = nodeContents(layout, publication);
  for (let attempt = 1;; attempt++) {
    const nodes = await Promise.all(contents.map(async ({ path, data }) => ({
      path,
      data,
      stat: await zk.exists(path, { signal }),
    })));
    const check: TransactionStep = { kind: "check", path: latchPath };
    const steps = nodes.flatMap((node) => replaceSteps(node, zk.credentials.id, acl));
    try {
      await zk.multi([check, ...steps], { signal });
      return;
    } catch (error) {
      if (!isOutrun(error) || attempt === MAX_ATTEMPTS) throw error;
      await zk.createPath(parentPath(layout.connectionInfo), { acl, signal });
    }
  }
}

/** Whether what is published still says what it should. */
export async function isPublished(
  { zk, layout }: Publisher,
  publication: Publication,
  options: { watch: () => void; signal: AbortSignal },
): Promise<boolean> {
  const found = await Promise.all(
    nodeContents(layout, publication).map(async (node) => {
      const stat = await zk.exists(node.path, options);
      if (stat?.ephemeralOwner !== zk.credentials.id) return false;
      const { data } = await zk.getData(node.path, { signal: options.signal });
      return data.length === node.data.length && data.every((byte, at) => byte === node.data[at]);
    }),
  );
  return found.every(Boolean);
}

/**
 * Takes back information and latch in one transaction, so that whoever sees no leader can become one.
 * False if the latch node cannot be deleted.
 */
export async function withdraw(publisher: Publisher, signal: AbortSignal): Promise<boolean> {
  const { zk, layout, latchPath } = publisher;
  // The latch comes first: without it the information may be a successor's, and nothing is done.
  let steps: TransactionStep[] = [latchPath, layout.connectionInfo, layout.details]
    .map((path) => ({ kind: "delete", path }));
  while (true) {
    try {
      await untilAnswered(() => zk.multi(steps, { signal }), { signal });
      return true;
    } catch (error) {
      if (isFinal(zk.state)) return true;
      if (!(error instanceof TransactionError)) throw error;
      if (error.index === 0) return error.code === "NoNode";
      // Somebody else removed this node, or made one of it that cannot be deleted.
      steps = steps.filter((step) => step !== error.step);
    }
  }
}

function nodeContents(
  layout: ElectionLayout,
  { leaderSessionId, details }: Publication,
): { path: string; data: Uint8Array }[] {
  const address = leaderAddress(details);
  return [
    { path: layout.connectionInfo, data: encodeLeaderInformation({ address, leaderSessionId }) },
    { path: layout.details, data: encodeDetails({ leaderSessionId, details }) },
  ];
}

// A node of another session would vanish with that session, so it is replaced, not written to.
function replaceSteps(
  node: { path: string; data: Uint8Array; stat: Stat | undefined },
  sessionId: bigint,
  acl: readonly Acl[],
): TransactionStep[] {
  const { path, data, stat } = node;
  const create: TransactionStep = { kind: "create", path, data, mode: "ephemeral", acl };
  if (stat === undefined) return [create];
  if (stat.ephemeralOwner === sessionId) {
    return [{ kind: "setData", path, data, version: stat.version }];
  }
  return [{ kind: "delete", path, version: stat.version }, create];
}

// Somebody else wrote, made or removed a node between our reading and our writing.
function isOutrun(error: unknown): boolean {
  return error instanceof TransactionError && error.step.kind !== "check" &&
    isZkError(error, "BadVersion", "NoNode", "NodeExists");
}
