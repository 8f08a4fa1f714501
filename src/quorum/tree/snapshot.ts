import { JuteWriter } from "../../zookeeper/wire/jute_writer.ts";
import type { Node } from "./node.ts";
import type { Session } from "./sessions.ts";
import type { SharedAcl } from "./shared_acls.ts";
import { type Entry, type NodeEntry, SNAPSHOT_FORMAT, writeEntry } from "./snapshot_entries.ts";
import type { Tree } from "./tree.ts";

/** Sessions and nodes, as they are kept. */
export interface Contents {
  readonly tree: Tree;
  readonly sessions: Map<bigint, Session>;
}

/** Which transactions a snapshot is between, and the size of its pieces. */
export interface SnapshotOptions {
  /** The newest transaction when the first piece is made. */
  readonly startZxid: bigint;
  /** The newest transaction at any time. */
  readonly lastZxid: () => bigint;
  /** How much is gathered before a piece is handed out; one entry at least. */
  readonly pieceBytes?: number;
}

const USUAL_PIECE_BYTES = 64 * 1024;

/**
 * The contents in pieces, which may be taken slowly while the contents change: each node is told
 * as it is when its piece is made. Together with all transactions after the start this makes the
 * contents of the end, and nothing in between. Each piece lies behind its length, so that the
 * reader can be given them cut anywhere.
 */
export function* snapshotPieces(
  { tree, sessions }: Contents,
  { startZxid, lastZxid, pieceBytes = USUAL_PIECE_BYTES }: SnapshotOptions,
): Generator<Uint8Array> {
  let writer = new JuteWriter(pieceBytes);
  for (const entry of entries({ tree, sessions }, startZxid)) {
    writeEntry(writer, entry);
    if (writer.payloadLength < pieceBytes) continue;
    yield writer.finishFrame();
    writer = new JuteWriter(pieceBytes);
  }
  writeEntry(writer, { name: "end", value: { lastZxid: lastZxid() } });
  yield writer.finishFrame();
}

function* entries({ tree, sessions }: Contents, startZxid: bigint): Generator<Entry> {
  yield { name: "start", value: { format: SNAPSHOT_FORMAT, zxid: startZxid } };
  for (const value of [...sessions.values()]) yield { name: "session", value };
  const numbers = new Map<SharedAcl, number>();
  for (const { node, depth } of walk(tree.root, startZxid)) {
    let number = numbers.get(node.acl);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(node.acl, number);
      yield { name: "acl", value: node.acl };
    }
    yield { name: "node", value: nodeEntry(node, { depth, acl: number }) };
  }
}

/**
 * Parents before their children, each node once. What is made after the start is left out: it is
 * in the log. Lists are copied, as one that others go on adding to may have no end.
 */
function* walk(root: Node, startZxid: bigint): Generator<{ node: Node; depth: number }> {
  yield { node: root, depth: 0 };
  const path = [childrenOf(root)];
  while (path.length > 0) {
    const node = path.at(-1)!.pop();
    if (node === undefined) path.pop();
    else if (node.czxid <= startZxid && isAttached(node)) {
      yield { node, depth: path.length };
      if (node.children !== undefined) path.push(childrenOf(node));
    }
  }
}

function childrenOf(node: Node): Node[] {
  return [...node.children?.values() ?? []];
}

function isAttached(node: Node): boolean {
  return node.parent?.children?.get(node.name) === node;
}

function nodeEntry(node: Node, { depth, acl }: { depth: number; acl: number }): NodeEntry {
  const { name, data, owner, czxid, mzxid, pzxid, ctime, mtime, version, aversion, creates } = node;
  return {
    depth,
    name,
    data,
    acl,
    owner,
    czxid,
    mzxid,
    pzxid,
    ctime,
    mtime,
    version,
    aversion,
    creates,
  };
}
