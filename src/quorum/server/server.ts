import { aborted } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import { runTogether } from "../../async/run_together.ts";
import type { Logger } from "../../log/logger.ts";
import { JuteReader, ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import {
  CorruptDataError,
  type OpenStore,
  SnapshotPolicy,
  Store,
  type StoreOptions,
} from "../storage/mod.ts";
import { Database, transactionCodec } from "../tree/mod.ts";
import type { Connection } from "./connection.ts";
import { FillLevel } from "./fill_level.ts";
import { Gate } from "./gate.ts";
import { Ledger } from "./ledger.ts";
import { LimitedLog } from "./limited_log.ts";
import { listenAt } from "./listeners.ts";
import { Reception } from "./reception.ts";
import { FrameWriter } from "./replies.ts";
import type { ServerParts } from "./server_parts.ts";
import { Sessions } from "./sessions.ts";
import type { ServerSettings } from "./settings.ts";
import { StallFreeClock } from "./stall_free_clock.ts";
import { ServerStatistics } from "./statistics.ts";
import { sweep, takeSnapshots } from "./upkeep.ts";

/** Bytes on their way to the disk from which on whoever waits for some is not read any further. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;
/** A snapshot is due behind so much log, however few transactions they are. */
const SNAPSHOT_LOG_BYTES = 512 * 1024 * 1024;
/** How long clients may take to fetch what they have coming when the server ends. */
const FAREWELL_MS = 1000;

export interface ServerOptions {
  readonly settings: ServerSettings;
  /** Where the data lies; nobody else writes there. */
  readonly folder: string;
  readonly storage?: StoreOptions;
  readonly logger: Logger;
}

/** A ZooKeeper server that serves alone: one fault domain, no quorum. */
export class QuorumServer {
  /** Where it listens; the port is a real one, also if any was asked for. */
  readonly port: number;
  readonly #parts: ServerParts;
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #listeners: readonly Deno.TcpListener[];
  readonly #connections: Set<Connection>;

  /**
   * Recovers the data and begins to listen; nobody is served before `run()`.
   * @throws {ListenError} if the port is taken.
   */
  static async open(options: ServerOptions, signal: AbortSignal): Promise<QuorumServer> {
    const listeners = listenAt(options.settings.listen);
    try {
      return new QuorumServer(options, { listeners, ...await recover(options, signal) });
    } catch (error) {
      for (const listener of listeners) listener.close();
      throw error;
    }
  }

  private constructor(
    { settings, folder, logger }: ServerOptions,
    { listeners, store, database, snapshotPolicy }: Recovered & {
      listeners: readonly Deno.TcpListener[];
    },
  ) {
    const gate = new Gate({
      durableZxid: store.durableZxid,
      maxOutstanding: settings.maxOutstanding,
      isLogBehind: () => store.backlogBytes > MAX_BACKLOG_BYTES,
    });
    store.onDurable((zxid) => gate.advance(zxid));
    const fillLevel = new FillLevel({ maxWeight: settings.maxTreeWeight, logger });
    const ledger = new Ledger({ database, store, gate, fillLevel, snapshotPolicy });
    const statistics = new ServerStatistics();
    const clock = new StallFreeClock();
    this.#connections = new Set();
    this.#parts = {
      settings,
      folder,
      ledger,
      gate,
      statistics,
      sessions: new Sessions({ ledger, clock, settings, statistics, logger }),
      frames: new FrameWriter(),
      connections: this.#connections,
      clientLog: new LimitedLog(logger),
      startedAtMs: performance.now(),
    };
    this.#store = store;
    this.#logger = logger;
    this.#listeners = listeners;
    this.port = (listeners[0]!.addr as Deno.NetAddr).port;
  }

  /** One line on how the server is. */
  get statusLine(): string {
    const { sessions, ledger: { database } } = this.#parts;
    return `serving ${this.#connections.size} connections, ${sessions.tracker.size} sessions, ` +
      `${database.nodeCount} nodes`;
  }

  /** Ends a session as if its time were up, for tests that cannot wait; says whether it lived. */
  expireSession(id: bigint): boolean {
    return this.#parts.sessions.expire(id);
  }

  /**
   * Serves until the signal aborts, and then ends in order: sessions live on in the data.
   * @throws {StorageFailedError} if the log cannot be written any more; then no client was told anything.
   */
  async run(signal: AbortSignal): Promise<void> {
    const failure = new AbortController();
    const reception = new Reception(this.#parts, {
      connections: this.#connections,
      fail: (error) => failure.abort(error),
    });
    try {
      await runTogether([
        ...this.#listeners.map((listener) => (signal: AbortSignal) =>
          reception.accept(listener, signal)
        ),
        (signal) => reception.endIdle(signal),
        (signal) => this.#parts.sessions.expireSilent(signal),
        (signal) => sweep(this.#parts, signal),
        (signal) =>
          takeSnapshots(this.#parts, { store: this.#store, logger: this.#logger }, signal),
        (signal) => failWith(this.#store.failed, signal),
        (signal) => failWith(failure.signal, signal),
      ], signal);
    } finally {
      await this.#end(reception);
    }
  }

  async #end(reception: Reception): Promise<void> {
    // What the memory shows and the disk does not hold must not be told to anybody.
    if (this.#store.failed.aborted) reception.close();
    await reception.end({ withinMs: FAREWELL_MS });
    await this.#store.close();
    // It may have failed with the last of what was to be written.
    if (this.#store.failed.aborted) throw this.#store.failed.reason;
  }
}

/** What a start begins with. */
interface Recovered {
  readonly store: Store;
  readonly database: Database;
  readonly snapshotPolicy: SnapshotPolicy;
}

/** Reads what the last start has left: the newest snapshot and the log behind it. */
async function recover(
  { folder, storage = {}, settings, logger }: ServerOptions,
  signal: AbortSignal,
): Promise<Recovered> {
  const startedAtMs = performance.now();
  const open = await Store.open(folder, { ...storage, logger }, signal);
  try {
    const limits = { records: settings.snapshotTransactions, bytes: SNAPSHOT_LOG_BYTES };
    const snapshotPolicy = new SnapshotPolicy(limits);
    const { database, transactions } = await replayAll(open, snapshotPolicy, signal);
    database.areTtlNodesAllowed = settings.areTtlNodesAllowed;
    database.maxTreeWeight = settings.maxTreeWeight;
    const tookMs = Math.round(performance.now() - startedAtMs);
    const zxid = `0x${database.lastZxid.toString(16)}`;
    logger.info("data recovered", { nodes: database.nodeCount, zxid, transactions, tookMs });
    return { store: open.store, database, snapshotPolicy };
  } catch (error) {
    await open.store.close();
    // Its checksums are right, and yet it is not what this version writes.
    if (error instanceof ProtocolError) throw new CorruptDataError(NOT_OURS, { cause: error });
    throw error;
  }
}

async function replayAll(
  { snapshot, records }: OpenStore,
  snapshotPolicy: SnapshotPolicy,
  signal: AbortSignal,
): Promise<{ database: Database; transactions: number }> {
  const database = snapshot === null ? new Database() : await Database.restore(snapshot);
  let transactions = 0;
  for await (const { payload } of records) {
    signal.throwIfAborted();
    database.replay(transactionCodec.read(new JuteReader(payload)));
    // Many short lives of a server must not make a log that no snapshot ends.
    snapshotPolicy.count(payload.length);
    transactions++;
  }
  if (!database.isWhole) throw new CorruptDataError(LOG_TOO_SHORT);
  return { database, transactions };
}

const NOT_OURS = "Cannot read the data: it holds what this version of masterd does not know";
const LOG_TOO_SHORT = "The data is corrupt: the log ends before what its snapshot holds";

async function failWith(failed: AbortSignal, signal: AbortSignal): Promise<void> {
  using either = new AnySignal([failed, signal]);
  await aborted(either.signal);
  if (failed.aborted) throw failed.reason;
}
