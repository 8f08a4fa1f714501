import { FrameSplitter } from "../../zookeeper/wire/frame_splitter.ts";
import { JuteReader, ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import { Node } from "./node.ts";
import type { Session } from "./sessions.ts";
import type { SharedAcl } from "./shared_acls.ts";
import type { Contents } from "./snapshot.ts";
import { type Entry, type NodeEntry, readEntry, SNAPSHOT_FORMAT } from "./snapshot_entries.ts";
import { Tree } from "./tree.ts";

/** What was read back: the log from `zxid` on has to be repeated at least until `lastZxid`. */
export interface RestoredContents extends Contents {
  readonly zxid: bigint;
  readonly lastZxid: bigint;
}

// Whatever could be written has to be read again: checksums, and not a limit, tell of damage.
const MAX_PIECE_BYTES = 0x7fff_ffff;

/**
 * Reads pieces back, cut anywhere.
 * @throws {ProtocolError} if they are not a whole snapshot.
 */
export async function restoreSnapshot(
  pieces: AsyncIterable<Uint8Array>,
): Promise<RestoredContents> {
  const splitter = new FrameSplitter(MAX_PIECE_BYTES);
  const restoration = new Restoration();
  for await (let piece of pieces) {
    while (piece.length > 0) {
      const space = splitter.space();
      const part = piece.subarray(0, space.length);
      space.set(part);
      splitter.received(part.length);
      piece = piece.subarray(part.length);
      for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) {
        restoration.take(frame);
      }
    }
  }
  return restoration.finish();
}

/** A snapshot as far as it has been read. */
class Restoration {
  readonly #tree = new Tree();
  readonly #sessions = new Map<bigint, Session>();
  readonly #acls: SharedAcl[] = [];
  /** The node read last, below all that it is in. */
  readonly #path: Node[] = [];
  #zxid: bigint | undefined;
  #lastZxid: bigint | undefined;

  take(piece: Uint8Array): void {
    const reader = new JuteReader(piece);
    while (reader.remaining > 0) this.#takeEntry(readEntry(reader));
  }

  /** @throws {ProtocolError} if the end has not come. */
  finish(): RestoredContents {
    const [zxid, lastZxid] = [this.#zxid, this.#lastZxid];
    if (zxid === undefined || lastZxid === undefined) {
      throw new ProtocolError("Cannot decode snapshot: it has no end");
    }
    return { tree: this.#tree, sessions: this.#sessions, zxid, lastZxid };
  }

  #takeEntry(entry: Entry): void {
    switch (entry.name) {
      case "start":
        if (entry.value.format !== SNAPSHOT_FORMAT) {
          throw new ProtocolError(`Cannot decode snapshot: its format is ${entry.value.format}`);
        }
        this.#zxid = entry.value.zxid;
        return;
      case "session":
        return this.#takeSession(entry.value);
      case "acl":
        this.#acls.push(this.#tree.acls.share(entry.value.list));
        return;
      case "node":
        return this.#takeNode(entry.value);
      case "end":
        this.#lastZxid = entry.value.lastZxid;
    }
  }

  #takeSession(
    { sessionId, timeoutMs, password }: Extract<Entry, { name: "session" }>["value"],
  ): void {
    this.#sessions.set(sessionId, {
      sessionId,
      timeoutMs,
      password: password ?? new Uint8Array(0),
    });
  }

  #takeNode(entry: NodeEntry): void {
    const acl = this.#acls[entry.acl];
    const parent = this.#path[entry.depth - 1];
    if (acl === undefined || (parent === undefined && entry.depth !== 0)) {
      throw new ProtocolError("Cannot decode snapshot: a node refers to what is not there");
    }
    const restored = parent === undefined ? this.#restoreRoot(entry, acl) : newNode(entry, acl);
    setCounters(restored, entry);
    if (parent !== undefined) this.#tree.attach(restored, parent);
    this.#path.length = entry.depth;
    this.#path.push(restored);
  }

  #restoreRoot({ data }: NodeEntry, acl: SharedAcl): Node {
    const { root } = this.#tree;
    this.#tree.setData(root, data);
    this.#tree.setAcl(root, acl);
    return root;
  }
}

function newNode({ name, data, owner, czxid, ctime }: NodeEntry, acl: SharedAcl): Node {
  return new Node({ name, data, acl, owner, zxid: czxid, timeMs: ctime });
}

/** Numbers that are as at the start stay those of the start: each one more is memory. */
function setCounters(node: Node, entry: NodeEntry): void {
  node.version = entry.version;
  node.aversion = entry.aversion;
  node.creates = entry.creates;
  if (entry.mzxid !== node.mzxid) node.mzxid = entry.mzxid;
  if (entry.pzxid !== node.pzxid) node.pzxid = entry.pzxid;
  if (entry.mtime !== node.mtime) node.mtime = entry.mtime;
}
