import {
  type Stat,
  TransactionError,
  type TransactionStep,
  ZkError,
  type ZooKeeper,
} from "zookeeper";

/** A write, whether it takes effect, and what is answered. */
export interface WritePlan {
  takesEffect: boolean;
  answer: "ConnectionLoss" | "hangs";
}

/** One node with a version, and the latch node that its writes check. */
export class FakeHistoryNode {
  data: Uint8Array | undefined;
  version = 0;
  hasLatch = true;
  hasParent = true;
  /** What happens to the next writes, in this order; the others succeed. */
  readonly plans: WritePlan[] = [];
  readsLost = 0;
  writes = 0;
  readonly credentials = { id: 0x1fn };
  state = { kind: "connected" };

  get asZooKeeper(): ZooKeeper {
    return this as unknown as ZooKeeper;
  }

  get text(): string | undefined {
    return this.data && new TextDecoder().decode(this.data);
  }

  /** As if somebody else had written it. */
  put(text: string): this {
    this.data = new TextEncoder().encode(text);
    this.version++;
    return this;
  }

  getData(path: string): Promise<{ data: Uint8Array; stat: Stat }> {
    if (this.readsLost-- > 0) return this.#lost("getData", path);
    if (this.data === undefined) {
      return Promise.reject(new ZkError("NoNode", { operation: "getData", path }));
    }
    return Promise.resolve({ data: this.data, stat: { version: this.version } as Stat });
  }

  createPath(): Promise<void> {
    this.hasParent = true;
    return Promise.resolve();
  }

  multi([check, write]: [TransactionStep, TransactionStep]): Promise<void> {
    this.writes++;
    const plan = this.plans.shift();
    if (plan === undefined || plan.takesEffect) {
      const code = this.#refusal(check, write);
      if (code !== undefined) return Promise.reject(code);
      this.#apply(write);
    }
    if (plan === undefined) return Promise.resolve();
    return plan.answer === "hangs" ? new Promise(() => {}) : this.#lost("multi", write.path);
  }

  #refusal(check: TransactionStep, write: TransactionStep): TransactionError | undefined {
    if (!this.hasLatch) return new TransactionError("NoNode", check, 0);
    if (write.kind === "create") {
      if (!this.hasParent) return new TransactionError("NoNode", write, 1);
      return this.data && new TransactionError("NodeExists", write, 1);
    }
    const isOther = write.kind === "setData" && write.version !== this.version;
    return isOther ? new TransactionError("BadVersion", write, 1) : undefined;
  }

  #apply(write: TransactionStep): void {
    if (!("data" in write)) throw new Error(`no write: ${write.kind}`);
    this.version = this.data === undefined ? 0 : this.version + 1;
    this.data = write.data;
  }

  #lost(operation: string, path: string): Promise<never> {
    return Promise.reject(new ZkError("ConnectionLoss", { operation, path }));
  }
}
