import { ErrorCode, OpCode } from "../../zookeeper/wire/constants.ts";
import type { MultiPart } from "../../zookeeper/wire/multi.ts";
import { applyChange, type Moment, remove, type Touched } from "./application.ts";
import { pathOf } from "./node.ts";
import { findPassed, planPassedDelete } from "./passing.ts";
import { NODE_READERS } from "./reads.ts";
import type { Author, ReadResult, Request, WriteResult } from "./requests.ts";
import { type RestoredContents, restoreSnapshot } from "./restoration.ts";
import type { Session } from "./sessions.ts";
import { snapshotPieces } from "./snapshot.ts";
import type { Change, Transaction } from "./transaction.ts";
import { Tree } from "./tree.ts";
import { WATCH_HANDLERS } from "./watch_requests.ts";
import { type WatchCounts, type Watcher, Watches, type WatchEvent } from "./watches.ts";
import { failed, type Outcome, writeMulti, writeNode } from "./writes.ts";

const NO_EVENTS: readonly WatchEvent[] = [];

/**
 * Nodes, sessions and watches: what a server knows. Every write is done at once and told as a
 * transaction; whoever repeats the transactions in order has the same.
 */
export class Database {
  /** Whether nodes may have a time to live (ZooKeeper's `extendedTypesEnabled`). */
  areTtlNodesAllowed = false;
  /** The weight from which on writes that make the tree grow are refused. */
  maxTreeWeight = Infinity;
  readonly #tree: Tree;
  readonly #sessions: Map<bigint, Session>;
  readonly #watches = new Watches();
  readonly #snapshotEndZxid: bigint;
  #lastZxid: bigint;

  constructor(restored?: RestoredContents) {
    this.#tree = restored?.tree ?? Tree.ofNewServer();
    this.#sessions = restored?.sessions ?? new Map();
    this.#lastZxid = restored?.zxid ?? 0n;
    this.#snapshotEndZxid = restored?.lastZxid ?? 0n;
  }

  /**
   * Reads a snapshot back; then all transactions since its start have to be replayed.
   * @throws {ProtocolError} if the pieces are not a whole snapshot.
   */
  static async restore(pieces: AsyncIterable<Uint8Array>): Promise<Database> {
    return new Database(await restoreSnapshot(pieces));
  }

  /** The newest transaction. */
  get lastZxid(): bigint {
    return this.#lastZxid;
  }

  /** Whether all has been replayed that the restored snapshot may hold a part of. */
  get isWhole(): boolean {
    return this.#lastZxid >= this.#snapshotEndZxid;
  }

  /** Nodes as ZooKeeper counts them: the root twice. */
  get nodeCount(): number {
    return this.#tree.nodeCount;
  }

  get ephemeralCount(): number {
    return this.#tree.ephemeralCount;
  }

  /** Lengths of all data and paths. */
  get approximateDataSize(): number {
    return this.#tree.dataSize;
  }

  /** About how many bytes of memory the nodes take, with their data and ACLs. */
  get treeWeight(): number {
    return this.#tree.weight;
  }

  /**
   * Does a write, or finds why it must not be done. Besides what clients send: `createSession`
   * and `closeSession` of the author's session, `deleteContainer` without a session (the body is
   * a path), and `error` for a request that could not be read (the body is an error code).
   */
  write(request: Request, author: Author, nowMs: bigint): WriteResult {
    const moment = { zxid: this.#lastZxid + 1n, timeMs: nowMs };
    const { change, reply, touched } = this.#outcome(request, author, moment);
    this.#lastZxid = moment.zxid;
    const transaction = { ...moment, sessionId: author.sessionId, change };
    const events = touched.flatMap((each) => this.#watches.fire(each, moment.zxid));
    return { transaction, reply, events };
  }

  /** Answers a read; the watcher is who is told of what the request asks to watch. */
  read({ operation, body }: Request, author: Author, watcher: Watcher): ReadResult {
    const context = {
      tree: this.#tree,
      watches: this.#watches,
      author,
      watcher,
      zxid: this.#lastZxid,
    };
    const answer = NODE_READERS.get(operation) ?? WATCH_HANDLERS.get(operation);
    if (answer === undefined) return { error: ErrorCode.Unimplemented, events: NO_EVENTS };
    return { events: NO_EVENTS, ...answer(body as never, context) };
  }

  /** Repeats a transaction; one that is done already is left alone. */
  replay({ zxid, timeMs, sessionId, change }: Transaction): void {
    if (zxid <= this.#lastZxid) return;
    this.#lastZxid = zxid;
    const moment = { zxid, timeMs };
    switch (change.kind) {
      case "createSession":
      case "closeSession":
        this.#changeSession(sessionId, change, moment);
        return;
      case "multi":
        for (const each of change.changes) applyChange(this.#tree, each, moment);
        return;
      case "error":
        return;
      default:
        applyChange(this.#tree, change, moment);
    }
  }

  session(sessionId: bigint): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  sessions(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** Forgets all watches of a connection that is gone. */
  removeWatcher(watcher: Watcher): void {
    this.#watches.removeWatcher(watcher);
  }

  watchCounts(): WatchCounts {
    return this.#watches.counts();
  }

  watchesByWatcher(): Iterable<[Watcher, Iterable<string>]> {
    return this.#watches.byWatcher();
  }

  /** The ephemeral nodes of each session that has some. */
  *ephemerals(): Generator<[bigint, string[]]> {
    for (const [sessionId, nodes] of this.#tree.ephemeralOwners()) {
      yield [sessionId, Array.from(nodes, pathOf)];
    }
  }

  /** Containers that were left empty, and nodes whose time to live is over. */
  expiredNodes(nowMs: bigint): Iterable<string> {
    return findPassed(this.#tree, nowMs);
  }

  /**
   * All as of now, to be taken piece by piece while writes go on. It is worth something once the
   * log holds every transaction that was done before the last piece was taken.
   */
  snapshot(options: { pieceBytes?: number } = {}): Iterable<Uint8Array> {
    return snapshotPieces({ tree: this.#tree, sessions: this.#sessions }, {
      ...options,
      startZxid: this.#lastZxid,
      lastZxid: () => this.#lastZxid,
    });
  }

  #outcome(request: Request, author: Author, moment: Moment): Outcome {
    const { areTtlNodesAllowed, maxTreeWeight } = this;
    const context = { tree: this.#tree, author, areTtlNodesAllowed, maxTreeWeight, moment };
    switch (request.operation) {
      case OpCode.multi:
        return writeMulti(request.body as readonly MultiPart[], context);
      case OpCode.createSession:
      case OpCode.closeSession:
        return this.#writeSession(request, author, moment);
      case OpCode.deleteContainer:
        return this.#deletePassed(request, author, moment);
      case OpCode.reconfig:
        return failed(ErrorCode.ReconfigDisabled);
      case OpCode.error:
        return failed((request.body as { error: number }).error);
      default:
        return writeNode(request, context);
    }
  }

  #writeSession({ operation, body }: Request, { sessionId }: Author, moment: Moment): Outcome {
    const change = operation === OpCode.closeSession
      ? this.#sessionEnd(sessionId)
      : sessionStart(body as Omit<Session, "sessionId">);
    const touched = this.#changeSession(sessionId, change, moment);
    return { change, reply: { error: 0 }, touched };
  }

  #sessionEnd(sessionId: bigint): SessionChange {
    const paths = Array.from(this.#tree.ephemeralsOf(sessionId), pathOf);
    return { kind: "closeSession", paths };
  }

  #changeSession(sessionId: bigint, change: SessionChange, moment: Moment): readonly Touched[] {
    if (change.kind === "closeSession") {
      this.#sessions.delete(sessionId);
      return change.paths.flatMap((path) => remove(this.#tree, path, moment).touched ?? []);
    }
    const { timeoutMs, password } = change;
    const session = { sessionId, timeoutMs, password: password ?? new Uint8Array(0) };
    this.#sessions.set(sessionId, session);
    return [];
  }

  #deletePassed(request: Request, { sessionId }: Author, moment: Moment): Outcome {
    // Only the server itself has no session; a client is refused as by ZooKeeper.
    if (sessionId !== 0n) return failed(ErrorCode.BadArguments);
    const { path } = request.body as { path: string };
    const plan = planPassedDelete(this.#tree, path, moment.timeMs);
    if (plan.kind === "refused") return failed(plan.error);
    const { touched } = remove(this.#tree, path, moment);
    return { change: plan, reply: { error: 0 }, touched: [touched!] };
  }
}

type SessionChange = Extract<Change, { kind: "createSession" | "closeSession" }>;

function sessionStart({ timeoutMs, password }: Omit<Session, "sessionId">): SessionChange {
  return { kind: "createSession", timeoutMs, password };
}
