import {
  type Acl,
  isZkError,
  type NodeData,
  parentPath,
  type SessionState,
  type Stat,
  type TransactionStep,
  type Watcher,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";
import { abortable } from "../../../src/async/abortable.ts";
import { childrenOf, type FakeEnsemble, type FakeTree, statOf } from "./fake_ensemble.ts";

/** What the next request of an operation meets. */
export interface FakeFault {
  operation: string;
  /** Part of the path it is about; any, if left out. */
  path?: string;
  /** The answer is lost before or after the request took effect, or the server says no. */
  kind: "lost-before" | "lost-after" | ZkErrorCode;
  /** Runs in the place of the request's effect, or behind it. */
  then?: () => void;
}

interface Request {
  operation: string;
  path: string;
  act: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  isLost: boolean;
}

/**
 * A session with the fake: requests take effect in their order, answers come in that order. By itself
 * it does both at once; a model does each by hand.
 */
export class FakeZooKeeper {
  readonly calls: string[] = [];
  readonly acls: (readonly Acl[] | undefined)[] = [];
  readonly faults: FakeFault[] = [];
  readonly #ensemble: FakeEnsemble;
  readonly #isManual: boolean;
  readonly #listeners = new Set<(state: SessionState) => void>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  #queue: Request[] = [];
  #replies: { request: Request; settle: () => void }[] = [];
  #view: FakeTree;
  /** True: the server of this session does not hear of the others' writes. */
  isLagging = false;

  constructor(
    ensemble: FakeEnsemble,
    readonly session: bigint,
    { isManual = false }: { isManual?: boolean } = {},
  ) {
    this.#ensemble = ensemble;
    this.#isManual = isManual;
    this.#view = ensemble.tree;
    ensemble.follow(() => {
      if (!this.isLagging) this.#catchUp();
    });
  }

  state: SessionState = { kind: "connecting" };

  get asZooKeeper(): ZooKeeper {
    return this as unknown as ZooKeeper;
  }

  /** How many watchers wait. */
  get watcherCount(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  onStateChange(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changeState(state: SessionState): void {
    this.state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  get hasRequest(): boolean {
    return this.#queue.length > 0;
  }

  get hasReply(): boolean {
    return this.#replies.length > 0;
  }

  /** The server takes the next request. */
  executeNext(): void {
    const request = this.#queue.shift()!;
    let settle: () => void;
    try {
      const value = this.#execute(request);
      settle = () => request.resolve(value);
    } catch (error) {
      settle = () => request.reject(error);
    }
    if (!request.isLost) this.#replies.push({ request, settle });
  }

  /** The next answer arrives. */
  deliverNext(): void {
    const { request, settle } = this.#replies.shift()!;
    if (!request.isLost) settle();
  }

  /** The connection is lost: of the requests on their way, the server still gets the first `kept`. */
  cut(kept: number): void {
    const lost = [...this.#replies.map(({ request }) => request), ...this.#queue];
    this.#replies = [];
    this.#queue = this.#queue.slice(0, kept);
    for (const request of lost) {
      if (request.isLost) continue;
      request.isLost = true;
      request.reject(new ZkError("ConnectionLoss", request));
    }
  }

  exists(
    path: string,
    { watch, signal }: { watch?: Watcher; signal?: AbortSignal } = {},
  ): Promise<Stat | undefined> {
    return this.#call("exists", path, () => {
      const node = this.#view.get(path);
      if (watch !== undefined) this.#watch(path, watch);
      return node && statOf(this.#view, path, node);
    }, signal);
  }

  getData(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<NodeData> {
    return this.#call("getData", path, () => this.#read(path), signal);
  }

  getChildren(
    path: string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<{ children: string[]; stat: Stat }> {
    return this.#call("getChildren", path, () => {
      const { stat } = this.#read(path);
      return { children: childrenOf(this.#view, path), stat };
    }, signal);
  }

  multiRead(
    paths: readonly string[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<(NodeData | ZkError)[]> {
    return this.#call("multiRead", paths[0]!, () =>
      paths.map((path) => {
        try {
          return this.#read(path);
        } catch (error) {
          return error as ZkError;
        }
      }), signal);
  }

  sync(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#call("sync", path, () => this.#catchUp(), signal);
  }

  multi(
    steps: readonly TransactionStep[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<unknown[]> {
    for (const step of steps) if (step.kind === "create") this.acls.push(step.acl);
    return this.#call("multi", steps.at(-1)!.path, () => {
      this.#ensemble.commit(steps, this.session);
      this.#catchUp();
      return steps.map(() => ({ kind: "done" }));
    }, signal);
  }

  async createPath(
    path: string,
    { acl, signal }: { acl?: readonly Acl[]; signal?: AbortSignal } = {},
  ): Promise<void> {
    const create = (path: string) =>
      this.#call("create", path, () => {
        if (this.#ensemble.tree.has(path)) return;
        if (!this.#ensemble.tree.has(parentPath(path))) {
          throw new ZkError("NoNode", { operation: "create", path });
        }
        this.acls.push(acl);
        this.#ensemble.commit([{ kind: "create", path, acl }], this.session);
      }, signal);
    try {
      await create(path);
    } catch (error) {
      if (!isZkError(error, "NoNode")) throw error;
      await this.createPath(parentPath(path), { acl, signal });
      await create(path);
    }
  }

  #call<T>(
    operation: string,
    path: string,
    act: () => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    this.calls.push(operation);
    const answer = Promise.withResolvers<T>();
    const resolve = (value: unknown) => answer.resolve(value as T);
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#queue.push({ operation, path, act, resolve, reject: answer.reject, isLost: false });
    if (!this.#isManual) queueMicrotask(() => this.#pump());
    return signal === undefined ? answer.promise : abortable(answer.promise, signal);
  }

  #pump(): void {
    while (this.hasRequest) this.executeNext();
    while (this.hasReply) this.deliverNext();
  }

  #execute({ operation, path, act }: Request): unknown {
    const what = { operation, path };
    if (this.#ensemble.isEnded(this.session)) {
      if (this.state.kind !== "expired") {
        this.changeState({ kind: "expired", sessionId: this.session });
      }
      throw new ZkError("SessionExpired", what);
    }
    if (this.#ensemble.unimplemented.has(operation)) throw new ZkError("Unimplemented", what);
    const at = this.faults.findIndex((fault) =>
      fault.operation === operation && path.includes(fault.path ?? "")
    );
    if (at < 0) return act();
    const { kind, then } = this.faults.splice(at, 1)[0]!;
    if (kind === "lost-after") act();
    then?.();
    if (!kind.startsWith("lost")) throw new ZkError(kind as ZkErrorCode, what);
    throw new ZkError("ConnectionLoss", what);
  }

  #read(path: string): NodeData {
    const what = { operation: "getData", path };
    const node = this.#view.get(path);
    if (node === undefined) throw new ZkError("NoNode", what);
    if (this.#ensemble.forbidden.has(path)) throw new ZkError("NoAuth", what);
    return { data: node.data, stat: statOf(this.#view, path, node) };
  }

  #watch(path: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(path) ?? new Set();
    this.#watchers.set(path, watchers.add(watcher));
  }

  #catchUp(): void {
    const before = this.#view;
    this.#view = this.#ensemble.tree;
    for (const [path, watchers] of [...this.#watchers]) {
      if (before.get(path)?.mzxid === this.#view.get(path)?.mzxid) continue;
      this.#watchers.delete(path);
      for (const watcher of watchers) watcher({ kind: "dataChanged", path });
    }
  }
}
