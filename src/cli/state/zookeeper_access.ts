import { joinPath, type SessionState, untilAnswered, ZkError, type ZooKeeper } from "zookeeper";
import type { Configuration } from "../../config/configuration.ts";
import { clusterLocation } from "../../daemon/state/open_state.ts";
import { electionLayout } from "../../election/layout.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { followLeader } from "../../election/retrieval.ts";
import { createLogger } from "../../log/logger.ts";
import type { EntryVersion } from "../../state/entry.ts";
import { StateError } from "../../state/errors.ts";
import { asStateError } from "../../state/failure.ts";
import { stateLayout } from "../../state/layout.ts";
import { versionOf } from "../../state/pointer.ts";
import { readPointer } from "../../state/pointers.ts";
import { brokenEntry, checkName, StateReader } from "../../state/state_reader.ts";
import { openStorage } from "../../storage/open.ts";
import type { Storage } from "../../storage/storage.ts";
import { openZooKeeper } from "../zookeeper_session.ts";
import type { StateAccess } from "./access.ts";

/** How long a connection may be away that was there. */
const OUTAGE_LIMIT_MS = 30_000;

/**
 * Opens a session with ZooKeeper.
 * @throws {StateError} `unavailable`
 */
export async function openStateAccess(
  configuration: Configuration,
  { signal, outageLimitMs = OUTAGE_LIMIT_MS }: { signal: AbortSignal; outageLimitMs?: number },
): Promise<StateAccess> {
  const { zookeeper } = configuration;
  const zk = await openZooKeeper(zookeeper, { signal });
  return new ZooKeeperAccess(configuration, zk, outageLimitMs);
}

class ZooKeeperAccess implements StateAccess {
  readonly configuration: Configuration;
  readonly #zk: ZooKeeper;
  readonly #lost = new AbortController();
  #outage: ReturnType<typeof setTimeout> | undefined;
  #storage: Storage | undefined;

  constructor(configuration: Configuration, zk: ZooKeeper, outageLimitMs: number) {
    this.configuration = configuration;
    this.#zk = zk;
    zk.onStateChange((state) => this.#watch(state, outageLimitMs));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async reader(options: { signal: AbortSignal }): Promise<StateReader> {
    const { zookeeper: { namespace } } = this.configuration;
    const storage = this.#storage ??= await openClusterStorage(this.configuration);
    await this.#sync("read the state", options);
    return new StateReader({ zk: this.#zk, namespace, storage });
  }

  async versions(
    name: string,
    options: { signal: AbortSignal },
  ): Promise<readonly EntryVersion[]> {
    checkName(name);
    await this.#sync(`read ${name}`, options);
    return await asStateError(`read ${name}`, async () => {
      const { entries } = stateLayout(this.configuration.zookeeper.namespace);
      const found = await readPointer(this.#zk, joinPath(entries, name), options);
      if (found.kind === "unreadable") throw brokenEntry(name, found.problem);
      if (found.kind === "none" || found.pointer.isDeleted) return [];
      return found.pointer.versions.map(versionOf);
    });
  }

  async *leaders(
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<LeaderInformation | undefined, void, void> {
    const layout = electionLayout(this.configuration.zookeeper.namespace);
    const logger = createLogger("leader", { level: "error" });
    try {
      yield* followLeader(this.#zk, { layout, logger, signal });
    } catch (error) {
      if (!(error instanceof ZkError)) throw error;
      throw new StateError("unavailable", `Cannot find the leader: ${error.message}`, {
        cause: error,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storage?.[Symbol.asyncDispose]();
    await this.#zk.close();
    clearTimeout(this.#outage);
  }

  #watch(state: SessionState, limitMs: number): void {
    clearTimeout(this.#outage);
    if (state.kind !== "suspended") return;
    const message = `The connection to ZooKeeper is away for ${limitMs / 1000} s`;
    const abort = () => this.#lost.abort(new StateError("unavailable", message));
    this.#outage = setTimeout(abort, limitMs);
  }

  // The server of this session may lag behind what the leader wrote through another.
  async #sync(act: string, options: { signal: AbortSignal }): Promise<void> {
    const { root } = stateLayout(this.configuration.zookeeper.namespace);
    const zk = this.#zk;
    await asStateError(act, () => untilAnswered(() => zk.sync(root, options), options));
  }
}

async function openClusterStorage(
  { highAvailability: { storageDir, clusterId }, storage }: Configuration,
): Promise<Storage> {
  // The configuration has one wherever ZooKeeper is used.
  const location = clusterLocation(storageDir!, clusterId);
  return await openStorage(location, {
    ...storage,
    logger: createLogger("storage", { level: "error" }),
  });
}
