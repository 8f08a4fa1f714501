import { OpCode } from "../../zookeeper/wire/constants.ts";
import { JuteWriter } from "../../zookeeper/wire/jute_writer.ts";
import type { SnapshotPolicy, Store } from "../storage/mod.ts";
import {
  type Author,
  type Database,
  type Reply,
  transactionCodec,
  type Watcher,
  type WatchEvent,
} from "../tree/mod.ts";
import type { FillLevel } from "./fill_level.ts";
import type { Gate } from "./gate.ts";

/** A buffer that one large transaction has stretched is not kept. */
const MAX_KEPT_BYTES = 256 * 1024;
const NOBODY: Author = { sessionId: 0n, identities: [] };

/** A connection, as far as the events that it watches for are concerned. */
export interface EventReceiver extends Watcher {
  notify(event: WatchEvent): void;
}

/** What became of a request, and the newest transaction that this shows. */
export interface Outcome {
  readonly zxid: bigint;
  readonly reply: Reply;
}

export interface LedgerOptions {
  readonly database: Database;
  readonly store: Store;
  readonly gate: Gate;
  readonly fillLevel: FillLevel;
  readonly snapshotPolicy: SnapshotPolicy;
}

/**
 * The database with its log: each write is in memory at once and in the log with the next batch.
 * Whatever shows a write has to wait at the gate for its transaction.
 */
export class Ledger {
  readonly database: Database;
  /** Knows when the log is long enough for a snapshot. */
  readonly snapshotPolicy: SnapshotPolicy;
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #fillLevel: FillLevel;
  #writer = new JuteWriter(4096);

  constructor(options: LedgerOptions) {
    this.database = options.database;
    this.snapshotPolicy = options.snapshotPolicy;
    this.#store = options.store;
    this.#gate = options.gate;
    this.#fillLevel = options.fillLevel;
    this.#fillLevel.observe(this.database.treeWeight);
  }

  /** Validates and applies a write; those who watch are told behind all that they were told before. */
  write(operation: number, body: unknown, author: Author): Outcome {
    const written = this.database.write({ operation, body }, author, BigInt(Date.now()));
    const { transaction, reply, events } = written;
    this.#append(transaction.zxid, (writer) => transactionCodec.write(writer, transaction));
    notify(events);
    this.#fillLevel.observe(this.database.treeWeight);
    return { zxid: transaction.zxid, reply };
  }

  /** Reads; a client that sets its watches again is told what it has missed before it is answered. */
  read(operation: number, body: unknown, author: Author, watcher: Watcher): Outcome {
    const { events, ...reply } = this.database.read({ operation, body }, author, watcher);
    notify(events);
    return { zxid: this.database.lastZxid, reply };
  }

  createSession(session: { sessionId: bigint; timeoutMs: number; password: Uint8Array }): void {
    const author = { ...NOBODY, sessionId: session.sessionId };
    this.write(OpCode.createSession, session, author);
  }

  closeSession(sessionId: bigint): Outcome {
    return this.write(OpCode.closeSession, undefined, { ...NOBODY, sessionId });
  }

  /** Deletes a node that nobody needs any more, if that is still so. */
  deleteUnused(path: string): void {
    this.write(OpCode.deleteContainer, { path }, NOBODY);
  }

  /** Sends what has been gathered for connections outside of their own turns. */
  flush(): void {
    this.#gate.flush();
  }

  #append(zxid: bigint, encode: (writer: JuteWriter) => void): void {
    this.#writer.clear();
    encode(this.#writer);
    const payload = this.#writer.finishPayload();
    this.#store.append(zxid, payload);
    this.snapshotPolicy.count(payload.length);
    if (payload.length > MAX_KEPT_BYTES) this.#writer = new JuteWriter(4096);
  }
}

// Every watcher that the server gives to the database is a connection.
function notify(events: Iterable<WatchEvent>): void {
  for (const event of events) (event.watcher as EventReceiver).notify(event);
}
