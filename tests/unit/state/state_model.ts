import { createLogger } from "../../../src/log/logger.ts";
import { StateStore } from "../../../src/state/state_store.ts";
import type { StorageErrorKind } from "../../../src/storage/errors.ts";
import { MemoryStorage, type StorageFault } from "../../support/memory_storage.ts";
import type { RandomSource } from "../election/random_source.ts";
import { nextTurn } from "./event_loop.ts";
import { FakeEnsemble } from "./fake_ensemble.ts";
import { FakeZooKeeper } from "./fake_zookeeper.ts";
import { StateHistory } from "./state_history.ts";

const LATCH = "/flink/c/leader/latch";
const NAMESPACE = "/flink/c";
const FAULT_KINDS: StorageErrorKind[] = ["full", "failed", "timeout", "unavailable", "denied"];

/** How much goes wrong, and how long. */
export interface ModelOptions {
  /** Turns in which things may go wrong and new work begins. */
  steps: number;
  /** One turn in so many brings a fault of the network, a process or an election. */
  troubleEvery: number;
  /** One act of the storage in so many fails. */
  storageFaultEvery: number;
}

/** A master that leads, or did, as a process with a session and a way to the storage. */
export class ModelledLeader {
  readonly lost = new AbortController();
  readonly turns: (() => void)[] = [];
  readonly store: StateStore;
  state: "running" | "frozen" | "crashed" = "running";

  constructor(
    readonly zk: FakeZooKeeper,
    readonly latch: string,
    readonly storage: MemoryStorage,
    options: { epoch: bigint; historyLength: number },
  ) {
    this.store = new StateStore({
      zk: zk.asZooKeeper,
      namespace: NAMESPACE,
      storage,
      historyLength: options.historyLength,
      logger: createLogger("model", { write: () => {} }),
      fence: { path: latch, epoch: options.epoch, lost: this.lost.signal },
    });
  }

  get isRunning(): boolean {
    return this.state === "running";
  }
}

/**
 * Several leaders, one after another or at once as far as they know, in which every wait ends when a
 * random choice says so: requests, answers, and acts of the storage, each apart.
 */
export class StateModel {
  readonly ensemble = new FakeEnsemble();
  readonly blobs = new WatchedBlobs(() => this.history.requireBlobs(this.ensemble.tree));
  readonly leaders: ModelledLeader[] = [];
  readonly history: StateHistory;
  now = 0;
  readonly #random: RandomSource;
  readonly #options: ModelOptions;
  readonly #historyLength: number;
  #isCalm = false;

  constructor(random: RandomSource, options: ModelOptions) {
    this.#random = random;
    this.#options = options;
    this.#historyLength = 1 + random.below(3);
    this.history = new StateHistory(this.blobs, () => this.now);
    this.ensemble.make(LATCH);
    this.ensemble.onCommit = (commit) => this.history.observe(commit);
  }

  /** Goes on at random; `begin` is asked to begin more work now and then. */
  async run(begin: (leader: ModelledLeader) => void): Promise<void> {
    for (let step = 0; step < this.#options.steps; step++) {
      if (this.#random.below(this.#options.troubleEvery) === 0) this.#trouble();
      const running = this.leaders.filter(({ isRunning }) => isRunning);
      const leader = running[this.#random.below(running.length)];
      if (leader !== undefined && this.#random.below(8) === 0) begin(leader);
      this.#advance();
      await this.#settle();
    }
  }

  /** Nothing fails any more, and whoever is alive comes to an end with what it has begun. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    for (const leader of this.leaders) {
      if (leader.state === "frozen") leader.state = "running";
    }
    await this.finish();
    for (const leader of this.leaders) {
      this.#removeLatch(leader);
      this.ensemble.expire(leader.zk.session);
      leader.lost.abort(new Error("Leadership ended"));
    }
    await this.finish();
  }

  /** Lets everything that is under way come to its end. */
  async finish(): Promise<void> {
    await this.#settle();
    while (this.#advance()) await this.#settle();
  }

  /** Somebody leads who did not before. */
  elect(): ModelledLeader {
    const session = BigInt(this.leaders.length + 1);
    const latch = `${LATCH}/l-${session}`;
    const epoch = this.ensemble.make(latch, { session });
    const zk = new FakeZooKeeper(this.ensemble, session, { isManual: true });
    const storage = new ModelledStorage(this.blobs, () => this.#chooseFault());
    const leader = new ModelledLeader(zk, latch, storage, {
      epoch,
      historyLength: this.#historyLength,
    });
    storage.turn = () => new Promise((go) => leader.turns.push(go));
    this.leaders.push(leader);
    return leader;
  }

  /** Whether nobody else can lead, whatever this one knows. */
  leads({ latch }: ModelledLeader): boolean {
    return this.ensemble.tree.has(latch);
  }

  async #settle(): Promise<void> {
    await nextTurn();
    this.now += 1;
  }

  /** One thing happens; false if nothing can. */
  #advance(): boolean {
    const choices: (() => void)[] = [];
    for (const { zk, isRunning, turns } of this.leaders) {
      if (zk.hasRequest) choices.push(() => zk.executeNext());
      if (!isRunning) continue;
      if (zk.hasReply) choices.push(() => zk.deliverNext());
      for (const [at] of turns.entries()) choices.push(() => turns.splice(at, 1)[0]!());
    }
    const choice = choices[this.#random.below(choices.length)];
    choice?.();
    return choice !== undefined;
  }

  #trouble(): void {
    if (!this.leaders.some((leader) => this.leads(leader))) this.elect();
    const leader = this.leaders[this.#random.below(this.leaders.length)]!;
    switch (this.#random.below(10)) {
      case 0:
        return this.ensemble.expire(leader.zk.session);
      case 1:
        // An operator, or its own release, which it has not been told of yet.
        return this.#removeLatch(leader);
      case 2:
        return leader.lost.abort(new Error("Leadership ended"));
      case 3:
        if (leader.state === "running") leader.state = "frozen";
        return;
      case 4:
        leader.state = "crashed";
        return;
      case 5:
      case 6:
        if (leader.state === "frozen") leader.state = "running";
        return;
      default:
        return leader.zk.cut(this.#random.below(4));
    }
  }

  #removeLatch({ latch }: ModelledLeader): void {
    if (this.ensemble.tree.has(latch)) this.ensemble.remove(latch);
  }

  #chooseFault(): Omit<StorageFault, "act"> | undefined {
    if (this.#isCalm || this.#random.below(this.#options.storageFaultEvery) > 0) return undefined;
    const kind = FAULT_KINDS[this.#random.below(FAULT_KINDS.length)]!;
    return { kind, hasEffect: this.#random.below(2) === 0 };
  }
}

class WatchedBlobs extends Map<string, Uint8Array> {
  readonly #onDelete: () => void;

  constructor(onDelete: () => void) {
    super();
    this.#onDelete = onDelete;
  }

  override delete(name: string): boolean {
    const wasThere = super.delete(name);
    this.#onDelete();
    return wasThere;
  }
}

class ModelledStorage extends MemoryStorage {
  readonly #chooseFault: () => Omit<StorageFault, "act"> | undefined;

  constructor(
    blobs: Map<string, Uint8Array>,
    chooseFault: () => Omit<StorageFault, "act"> | undefined,
  ) {
    super({ blobs });
    this.#chooseFault = chooseFault;
  }

  protected override takeFault(act: StorageFault["act"]): StorageFault | undefined {
    const fault = this.#chooseFault();
    return fault && { ...fault, act };
  }
}
