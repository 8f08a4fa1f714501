import { OPEN_ACL } from "./acls.ts";
import {
  type CallOptions,
  type ClientOptions,
  type CreateOptions,
  DEFAULTS,
  type NodeData,
  type ReadOptions,
  type VersionOptions,
} from "./client_options.ts";
import { parseConnectString } from "./connect_string.ts";
import { isZkError, toErrorCode, ZkError } from "./errors.ts";
import { Chroot, parentPath, validatePath } from "./paths.ts";
import { Session } from "./session.ts";
import type { SessionCredentials } from "./session_options.ts";
import { isFinal, type SessionState } from "./session_state.ts";
import {
  type CreateMode,
  encodeStep,
  type StepResult,
  stepResults,
  type TransactionStep,
} from "./transaction.ts";
import { openTcpSocket, resolveHost } from "./transport.ts";
import { WatchDispatcher, type Watcher, type WatchKind } from "./watches.ts";
import { AddWatchMode, CreateFlag, ErrorCode, WatcherType } from "./wire/constants.ts";
import type { MultiReply } from "./wire/multi.ts";
import { type Operation, operations } from "./wire/operations.ts";
import type { Acl, Id, Stat } from "./wire/records.ts";

/**
 * Opens a session and waits until it is connected.
 * @throws the signal's reason, if it aborts first; the session is then given up.
 * @throws {ZkError} AuthFailed; SessionExpired for `credentials` of a session that is over.
 */
export async function connect(
  connectString: string,
  options: ClientOptions & { signal: AbortSignal },
): Promise<ZooKeeper> {
  const zk = new ZooKeeper(connectString, options);
  try {
    await zk.connected({ signal: options.signal });
    return zk;
  } catch (error) {
    await zk.close({ limitMs: 0 });
    throw error;
  }
}

/**
 * A session with a ZooKeeper ensemble. Connects by itself, again and again, until it is closed or
 * the server says that the session expired. A read that fails with ConnectionLoss may be repeated;
 * a write that fails so has an unknown outcome.
 */
export class ZooKeeper implements AsyncDisposable {
  readonly #session: Session;
  readonly #chroot: Chroot;
  readonly #watches: WatchDispatcher;
  readonly #closeTimeoutMs: number;

  /**
   * Begins to connect.
   * @param connectString `host1:port,[::1]:port/chroot`
   * @throws {InvalidArgumentError} if it cannot be read
   */
  constructor(connectString: string, options: ClientOptions = {}) {
    const { servers, chroot } = parseConnectString(connectString);
    this.#chroot = new Chroot(chroot);
    this.#watches = new WatchDispatcher((path) => this.#chroot.toClient(path));
    this.#closeTimeoutMs = options.closeTimeoutMs ?? DEFAULTS.closeTimeoutMs;
    this.#session = new Session({
      servers,
      sessionTimeoutMs: options.sessionTimeoutMs ?? DEFAULTS.sessionTimeoutMs,
      connectTimeoutMs: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
      limits: {
        maxRequestBytes: options.maxRequestBytes ?? DEFAULTS.maxRequestBytes,
        maxResponseBytes: options.maxResponseBytes ?? DEFAULTS.maxResponseBytes,
      },
      authentications: options.authentications ?? [],
      credentials: options.credentials,
      openSocket: options.openSocket ?? openTcpSocket,
      resolveHost: options.resolveHost ?? resolveHost,
      watches: this.#watches.table,
      onNotification: (notification) => this.#watches.notify(notification),
      onEvent: options.onEvent ?? (() => {}),
    });
    this.#session.onStateChange((state) => {
      if (isFinal(state)) this.#watches.end();
    });
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#session.state;
  }

  /** Id (0 before the first connection) and password of the session. */
  get credentials(): SessionCredentials {
    return this.#session.credentials;
  }

  /** Calls the listener on each change of state, until the returned function is called. */
  onStateChange(listener: (state: SessionState) => void): () => void {
    return this.#session.onStateChange(listener);
  }

  /**
   * Waits for a connection.
   * @throws {ZkError} SessionExpired, SessionClosed or AuthFailed if the session ends instead
   */
  connected(options: { signal: AbortSignal }): Promise<void> {
    return this.#session.connected({ operation: "connect" }, options.signal);
  }

  /**
   * Leaves the server for the next one, within the same session: for a server that still answers but
   * is of no use, such as one that is cut off from its quorum. What is under way fails with
   * ConnectionLoss, and the reason as its cause.
   */
  reconnect(reason: Error): void {
    this.#session.reconnect(reason);
  }

  /**
   * Ends the session, and with it its ephemeral nodes. If no server takes that within `limitMs`
   * (`closeTimeoutMs` if left out), the session is left to expire. Never throws.
   */
  close(options: { limitMs?: number } = {}): Promise<void> {
    return this.#session.close(options.limitMs ?? this.#closeTimeoutMs);
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Creates a node; a sequential one gets its number appended to the path that is returned. */
  async create(
    path: string,
    data: Uint8Array,
    options: CreateOptions = {},
  ): Promise<{ path: string; stat: Stat }> {
    const { mode = "persistent", acl = OPEN_ACL, ttlMs = 0, signal } = options;
    const isSequential = mode.includes("Sequential");
    validatePath(path, { isSequential });
    const body = {
      path: this.#chroot.toServer(path, { isSequential }),
      data,
      acl,
      flags: CreateFlag[mode],
      ttlMs: BigInt(ttlMs),
    };
    const operation = createOperation(mode);
    const created = await this.#session.call({ operation, body, path, signal });
    return { path: this.#chroot.toClient(created.path), stat: created.stat };
  }

  /** Creates the node and those above it that are missing, without data; it may exist already. */
  async createPath(
    path: string,
    options: { mode?: "persistent" | "container"; acl?: readonly Acl[] } & CallOptions = {},
  ): Promise<void> {
    if (path === "/") return;
    try {
      await this.create(path, new Uint8Array(), options);
    } catch (error) {
      if (isZkError(error, "NodeExists")) return;
      if (!isZkError(error, "NoNode")) throw error;
      if (parentPath(path) === "/") {
        // What is outside of the chroot is not ours to create.
        const detail = "the chroot of the connect string does not exist";
        throw new ZkError("NoNode", { operation: "create", path, detail, cause: error });
      }
      await this.createPath(parentPath(path), { ...options, mode: "persistent" });
      await this.createPath(path, options);
    }
  }

  /** Deletes a node without children. */
  async delete(path: string, options: VersionOptions = {}): Promise<void> {
    const { version = -1 } = options;
    await this.#call(operations.delete, path, { version }, options);
  }

  /** What ZooKeeper knows of a node, or undefined; a watch is left behind in both cases. */
  async exists(path: string, options: ReadOptions = {}): Promise<Stat | undefined> {
    try {
      return (await this.#read(operations.exists, path, options, watchOfExists)).stat;
    } catch (error) {
      if (isZkError(error, "NoNode")) return undefined;
      throw error;
    }
  }

  /** The data of a node, and what ZooKeeper knows of it. */
  async getData(path: string, options: ReadOptions = {}): Promise<NodeData> {
    const { data, stat } = await this.#read(operations.getData, path, options, watchAs("data"));
    return { data: data ?? new Uint8Array(), stat };
  }

  /** Replaces the data. */
  async setData(path: string, data: Uint8Array, options: VersionOptions = {}): Promise<Stat> {
    const { version = -1 } = options;
    return (await this.#call(operations.setData, path, { data, version }, options)).stat;
  }

  /** Names of the children, in no order. */
  async getChildren(
    path: string,
    options: ReadOptions = {},
  ): Promise<{ children: readonly string[]; stat: Stat }> {
    return await this.#read(operations.getChildren2, path, options, watchAs("child"));
  }

  /** Who may do what with a node. */
  async getAcl(
    path: string,
    options: CallOptions = {},
  ): Promise<{ acl: readonly Acl[]; stat: Stat }> {
    return await this.#call(operations.getACL, path, {}, options);
  }

  /** Replaces the ACL; `version` is compared with the node's `aversion`. */
  async setAcl(path: string, acl: readonly Acl[], options: VersionOptions = {}): Promise<Stat> {
    const { version = -1 } = options;
    return (await this.#call(operations.setACL, path, { acl, version }, options)).stat;
  }

  /**
   * Lets the connected server catch up with the leader, so that later reads see what was written
   * before. Says nothing about this session or about leadership (ZOOKEEPER-915).
   */
  async sync(path: string, options: CallOptions = {}): Promise<void> {
    await this.#call(operations.sync, path, {}, options);
  }

  /**
   * Does all steps in one transaction, or none.
   * @throws {TransactionError} naming the step that could not be done
   */
  async multi(
    steps: readonly TransactionStep[],
    options: CallOptions = {},
  ): Promise<StepResult[]> {
    const replies = await this.#session.call({
      operation: operations.multi,
      body: steps.map((step) => encodeStep(step, this.#chroot)),
      path: steps[0]?.path,
      signal: options.signal,
    });
    return stepResults(steps, replies, this.#chroot);
  }

  /** Reads several nodes in one request; each gives its data or an error of its own. */
  async multiRead(
    paths: readonly string[],
    options: CallOptions = {},
  ): Promise<(NodeData | ZkError)[]> {
    const replies = await this.#session.call({
      operation: operations.multiRead,
      body: paths.map((path) => ({
        operation: "getData" as const,
        body: { path: this.#serverPath(path), watch: false },
      })),
      path: paths[0],
      signal: options.signal,
    });
    return replies.map((reply, index) => toNodeData(reply, paths[index]));
  }

  /** A watch that stays until it is removed; after a reconnect, read again what was missed. */
  async addWatch(
    path: string,
    mode: keyof typeof AddWatchMode,
    watch: Watcher,
    options: CallOptions = {},
  ): Promise<void> {
    await this.#session.call({
      operation: operations.addWatch,
      body: { path: this.#serverPath(path), mode: AddWatchMode[mode] },
      path,
      signal: options.signal,
      onReply: (error) => {
        if (error === 0) this.#watches.table.add(mode, this.#chroot.toServer(path), watch);
      },
    });
  }

  /** Removes all watches of a type on a path; those who waited are told `removed`. */
  async removeWatches(
    path: string,
    type: keyof typeof WatcherType,
    options: CallOptions = {},
  ): Promise<void> {
    const serverPath = this.#serverPath(path);
    await this.#session.call({
      operation: operations.removeWatches,
      body: { path: serverPath, type: WatcherType[type] },
      path,
      signal: options.signal,
      // The server sends no event for it.
      onReply: (error) => {
        if (error === 0) this.#watches.removed(type, serverPath);
      },
    });
  }

  /** Whether the server knows of a watch of this type on a path. */
  async hasWatches(
    path: string,
    type: keyof typeof WatcherType,
    options: CallOptions = {},
  ): Promise<boolean> {
    try {
      await this.#call(operations.checkWatches, path, { type: WatcherType[type] }, options);
      return true;
    } catch (error) {
      if (isZkError(error, "NoWatcher")) return false;
      throw error;
    }
  }

  /** This session's ephemeral nodes whose path starts with this text. */
  async getEphemerals(prefix: string, options: CallOptions = {}): Promise<string[]> {
    const { paths } = await this.#call(operations.getEphemerals, prefix, {}, options);
    return paths.map((path) => this.#chroot.toClient(path));
  }

  /** How many nodes there are below a path, at any depth. */
  async getAllChildrenNumber(path: string, options: CallOptions = {}): Promise<number> {
    return (await this.#call(operations.getAllChildrenNumber, path, {}, options)).count;
  }

  /** The identities that the server grants this connection. */
  async whoAmI(options: CallOptions = {}): Promise<Id[]> {
    const { clients } = await this.#session.call({
      operation: operations.whoAmI,
      body: undefined,
      signal: options.signal,
    });
    return clients.map(({ scheme, user }) => ({ scheme, id: user }));
  }

  /** Changes the members of the ensemble; gives its new configuration. */
  async reconfig(
    change: { joining?: string; leaving?: string; newMembers?: string },
    options: VersionOptions = {},
  ): Promise<NodeData> {
    const { joining = null, leaving = null, newMembers = null } = change;
    const configId = BigInt(options.version ?? -1);
    const { data, stat } = await this.#session.call({
      operation: operations.reconfig,
      body: { joining, leaving, newMembers, configId },
      signal: options.signal,
    });
    return { data: data ?? new Uint8Array(), stat };
  }

  #serverPath(path: string): string {
    validatePath(path);
    return this.#chroot.toServer(path);
  }

  #call<Request extends { path: string }, Response>(
    operation: Operation<Request, Response>,
    path: string,
    parameters: Omit<Request, "path">,
    { signal }: CallOptions,
  ): Promise<Response> {
    const body = { ...parameters, path: this.#serverPath(path) } as Request;
    return this.#session.call({ operation, body, path, signal });
  }

  #read<Response>(
    operation: Operation<{ path: string; watch: boolean }, Response>,
    path: string,
    { watch, signal }: ReadOptions,
    watchKind: (error: number) => WatchKind | undefined,
  ): Promise<Response> {
    const serverPath = this.#serverPath(path);
    return this.#session.call({
      operation,
      body: { path: serverPath, watch: watch !== undefined },
      path,
      signal,
      onReply: (error) => {
        const kind = watchKind(error);
        if (watch !== undefined && kind !== undefined) {
          this.#watches.table.add(kind, serverPath, watch);
        }
      },
    });
  }
}

// Containers and TTL nodes have requests of their own; the TTL is ignored by those without it.
function createOperation(mode: CreateMode): typeof operations.createTTL {
  if (mode.endsWith("WithTtl")) return operations.createTTL;
  return (mode === "container"
    ? operations.createContainer
    : operations.create2) as typeof operations.createTTL;
}

function watchAs(kind: WatchKind): (error: number) => WatchKind | undefined {
  return (error) => error === 0 ? kind : undefined;
}

// Only a watch of exists() is left behind on a node that is not there.
function watchOfExists(error: number): WatchKind | undefined {
  if (error === 0) return "data";
  return error === ErrorCode.NoNode ? "exist" : undefined;
}

function toNodeData(reply: MultiReply, path: string | undefined): NodeData | ZkError {
  if (reply.kind === "data") return { data: reply.data ?? new Uint8Array(), stat: reply.stat };
  const code = reply.kind === "error" ? toErrorCode(reply.error) : "MarshallingError";
  return new ZkError(code, { operation: operations.getData.name, path });
}
