import { tmpdir } from "node:os";
import { join } from "node:path";
import { LatestValue } from "../../../src/async/latest_value.ts";
import type { Configuration } from "../../../src/config/configuration.ts";
import { parsePortRange } from "../../../src/config/port_range.ts";
import type {
  ConnectionState,
  HighAvailabilityServices,
} from "../../../src/daemon/high_availability/services.ts";
import type {
  LeaderAddress,
  LeaderInformation,
  Leadership,
} from "../../../src/election/leadership.ts";
import { createLogger, type Logger } from "../../../src/log/logger.ts";

export interface RecordedLog {
  logger: Logger;
  /** Resolves with the first line, past or to come, that matches. */
  line: (pattern: RegExp) => Promise<string>;
  lines: string[];
}

/** A logger whose lines can be waited for. */
export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const count = new LatestValue(0);
  const logger = createLogger("test", {
    level: "debug",
    write: (line) => count.set(lines.push(line)),
  });
  const signal = new AbortController().signal;
  return {
    logger,
    lines,
    async line(pattern) {
      await count.until(() => lines.some((line) => pattern.test(line)), { signal });
      return lines.find((line) => pattern.test(line))!;
    },
  };
}

/** A leadership that ends when the test says so. */
export class FakeLeadership implements Leadership {
  readonly leaderSessionId = crypto.randomUUID();
  readonly epoch: bigint;
  readonly released = Promise.withResolvers<void>();
  readonly published = Promise.withResolvers<LeaderAddress>();
  readonly #lost = new AbortController();
  readonly #handover = new AbortController();
  readonly #services: FakeServices;
  readonly #renewals = new Set<() => void>();
  #deadline = Infinity;
  isReleased = false;

  constructor(services: FakeServices, epoch: bigint) {
    this.#services = services;
    this.epoch = epoch;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get handover(): AbortSignal {
    return this.#handover.signal;
  }

  deadline(): number {
    return this.#deadline;
  }

  onRenewal(listener: () => void): () => void {
    this.#renewals.add(listener);
    return () => this.#renewals.delete(listener);
  }

  /** Moves the deadline, as a heartbeat does. */
  renew(deadline: number): void {
    this.#deadline = deadline;
    for (const listener of this.#renewals) listener();
  }

  lose(reason: string): void {
    this.#lost.abort(new Error(reason));
  }

  askForHandover(reason: string): void {
    this.#handover.abort(new Error(reason));
  }

  async publish(address: LeaderAddress, options: { signal: AbortSignal }): Promise<void> {
    await this.#services.onPublish(options.signal);
    const { leaderSessionId, epoch } = this;
    this.#services.leader.set({
      leaderSessionId,
      address: `http://${address.host}:${address.webuiPort}`,
      details: { ...address, epoch, version: "0.0.0" },
    });
    this.published.resolve(address);
  }

  async release(): Promise<void> {
    await this.#services.onRelease();
    this.isReleased = true;
    this.released.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/** High availability where the test decides who leads. */
export class FakeServices implements HighAvailabilityServices {
  readonly connection = new LatestValue<ConnectionState>({ kind: "none" });
  readonly leader = new LatestValue<LeaderInformation | undefined>(undefined);
  readonly leaderships: FakeLeadership[] = [];
  onPublish: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  onRelease: () => Promise<void> = () => Promise.resolve();
  isDisposed = false;
  #campaigns = 0;
  readonly #elections = new LatestValue(0);

  /** Elects the one who campaigns, now or as soon as it does. */
  elect(): void {
    this.#elections.set(this.#elections.value + 1);
  }

  async campaign({ signal }: { signal: AbortSignal }): Promise<Leadership> {
    const mine = ++this.#campaigns;
    await this.#elections.until((elections) => elections >= mine, { signal });
    const leadership = new FakeLeadership(this, BigInt(mine));
    this.leaderships.push(leadership);
    return leadership;
  }

  followLeader({ signal }: { signal: AbortSignal }): AsyncIterable<LeaderInformation | undefined> {
    return this.leader.changes({ signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
}

/** For the session files of masters whose ports the system chose; each user's own. */
const PID_DIR = join(tmpdir(), `masterd-unit-tests-${Deno.uid()}`);

/** A configuration for daemons that live for a moment on the loopback interface. */
export function testConfiguration(
  changes: {
    mode?: Configuration["highAvailability"]["mode"];
    ports?: string;
    rpcPort?: number;
    bindHost?: string;
    rest?: Partial<Configuration["rest"]>;
    taskmanager?: Partial<Configuration["taskmanager"]>;
    heartbeat?: Configuration["heartbeat"];
    state?: Partial<Configuration["state"]>;
    tokenFile?: string;
  } = {},
): Configuration {
  return {
    confDir: "/nowhere/conf",
    highAvailability: {
      mode: changes.mode ?? { kind: "zookeeper" },
      clusterId: "/cluster_one",
      jobmanagerPort: parsePortRange(changes.ports ?? "0"),
    },
    zookeeper: {
      quorum: "localhost:2181",
      servers: [{ host: "localhost", port: 2181 }],
      root: "/flink",
      namespace: "/flink/cluster_one",
      sessionTimeoutMs: 60_000,
      tickTimeMs: 2000,
      server: "auto",
      connectionTimeoutMs: 15_000,
      acl: "open",
      authorization: [],
      tolerateSuspendedConnections: false,
    },
    jobmanager: {
      rpcAddress: "localhost",
      rpcPort: changes.rpcPort ?? 6123,
      bindHost: changes.bindHost ?? "127.0.0.1",
    },
    rest: { port: 8081, bindAddress: "127.0.0.1", ...changes.rest },
    taskmanager: { registrationTimeoutMs: 300_000, ...changes.taskmanager },
    registration: {
      initialTimeoutMs: 1000,
      maxTimeoutMs: 2000,
      errorDelayMs: 20,
      refusedDelayMs: 20,
    },
    heartbeat: changes.heartbeat ?? { intervalMs: 10, timeoutMs: 5000 },
    shutdownTimeoutMs: 5000,
    storage: { timeoutMs: 30_000, s3: { pathStyle: false }, hdfs: { nameNodes: [] } },
    state: {
      history: 3,
      required: [],
      maxBytes: 1024 * 1024,
      collectGraceMs: 3_600_000,
      recoverTimeoutMs: 10_000,
      ...changes.state,
    },
    tokenFile: changes.tokenFile,
    isDrillAllowed: false,
    env: {
      pidDir: PID_DIR,
      logDir: "/nowhere/log",
      logMax: 10,
      logLevel: "info",
      sshOptions: [],
    },
  };
}
