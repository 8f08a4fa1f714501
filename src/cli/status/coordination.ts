import { untilAnswered, WakeUp, type ZooKeeper } from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import type { Configuration } from "../../config/configuration.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import type { HighAvailabilityServices } from "../../daemon/high_availability/services.ts";
import { type ElectionLayout, electionLayout } from "../../election/layout.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { type Pause, readPause } from "../../election/pause.ts";
import { readRegisteredMasters } from "../../election/registered_masters.ts";
import { readLeader } from "../../election/retrieval.ts";
import { createLogger } from "../../log/logger.ts";
import { failureText } from "./failure_text.ts";
import { shown } from "./master_status.ts";

/** What is known of the election from where it happens. */
export type Coordination =
  /** There is no election. */
  | { kind: "none" }
  | {
    kind: "seen";
    leader: LeaderInformation | undefined;
    /** What the registered masters call themselves; none where nobody registers. */
    participants: readonly string[];
    /** Why what is published as the leader cannot be read. */
    damage?: string;
    /** While it is there, no standby takes over. */
    pause?: Pause;
  }
  | { kind: "unreachable"; cause: string };

/** A server that says nothing is left for another after so long, well before the look is over. */
const MAX_CONNECT_MS = 2000;

/** Sees again and again how the election stands. */
export class CoordinationView implements AsyncDisposable {
  readonly #services: HighAvailabilityServices | undefined;
  readonly #layout: ElectionLayout;
  /** Of the session in use: one for each look would leave ever more watchers behind. */
  #wakeUp: { zk: ZooKeeper; wakeUp: WakeUp } | undefined;

  static async open(
    configuration: Configuration,
    { signal }: { signal: AbortSignal },
  ): Promise<CoordinationView> {
    const { highAvailability: { mode }, zookeeper } = configuration;
    const layout = electionLayout(zookeeper.namespace);
    if (mode.kind === "none") return new CoordinationView(undefined, layout);
    const connectionTimeoutMs = Math.min(zookeeper.connectionTimeoutMs, MAX_CONNECT_MS);
    const services = await openHighAvailabilityServices(
      { ...configuration, zookeeper: { ...zookeeper, connectionTimeoutMs } },
      // What goes wrong is part of the status.
      { logger: createLogger("status", { write: () => {} }), signal },
    );
    return new CoordinationView(services, layout);
  }

  private constructor(services: HighAvailabilityServices | undefined, layout: ElectionLayout) {
    this.#services = services;
    this.#layout = layout;
  }

  /** Looks once; rejects with the signal's reason only. */
  async look(options: { limitMs: number; signal: AbortSignal }): Promise<Coordination> {
    const services = this.#services;
    if (services === undefined) return { kind: "none" };
    const { limitMs: timeoutMs, signal } = options;
    try {
      const read = (limited: AbortSignal) => this.#read(services, limited);
      return await withLimit(read, { act: "Reading who leads", timeoutMs, signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { kind: "unreachable", cause: causeOf(services, error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wakeUp?.wakeUp[Symbol.dispose]();
    await this.#services?.[Symbol.asyncDispose]();
  }

  async #read(services: HighAvailabilityServices, signal: AbortSignal): Promise<Coordination> {
    if (services.zookeeper === undefined) {
      return { kind: "seen", leader: await firstLeader(services, signal), participants: [] };
    }
    const zk = await services.zookeeper.connected(signal);
    // The server of this session may lag behind what the others wrote.
    await untilAnswered(() => zk.sync(this.#layout.latch, { signal }), { signal });
    const { pause: path } = this.#layout;
    const [published, participants, pause] = await Promise.all([
      this.#readPublished(zk, signal),
      readRegisteredMasters(zk, this.#layout, { signal }),
      untilAnswered(() => readPause(zk, path, { watch: () => {}, signal }), { signal }),
    ]);
    return { kind: "seen", ...published, participants, ...(pause === undefined ? {} : { pause }) };
  }

  async #readPublished(
    zk: ZooKeeper,
    signal: AbortSignal,
  ): Promise<{ leader: LeaderInformation | undefined; damage?: string }> {
    const wakeUp = this.#wakeUpOf(zk);
    while (true) {
      wakeUp.reset();
      let damage: string | undefined;
      const onCorrupt = (error: Error) => damage = shown(error.message);
      const options = { layout: this.#layout, watch: wakeUp.wake, onCorrupt, signal };
      const leader = await readLeader(zk, options);
      signal.throwIfAborted();
      // It changed meanwhile, or the connection was lost: this may be neither the old nor the new.
      const isDisturbed = wakeUp.isWoken || zk.state.kind !== "connected";
      if (leader?.details !== undefined || !isDisturbed) {
        return { leader, ...(damage === undefined ? {} : { damage }) };
      }
      await zk.connected({ signal });
    }
  }

  #wakeUpOf(zk: ZooKeeper): WakeUp {
    if (this.#wakeUp?.zk !== zk) {
      this.#wakeUp?.wakeUp[Symbol.dispose]();
      this.#wakeUp = { zk, wakeUp: new WakeUp(zk) };
    }
    return this.#wakeUp.wakeUp;
  }
}

async function firstLeader(
  services: HighAvailabilityServices,
  signal: AbortSignal,
): Promise<LeaderInformation | undefined> {
  for await (const leader of services.followLeader({ signal })) return leader;
  return undefined;
}

function causeOf({ connection }: HighAvailabilityServices, error: unknown): string {
  const { value } = connection;
  const lastError = "lastError" in value ? value.lastError : undefined;
  return failureText(lastError ?? error);
}
