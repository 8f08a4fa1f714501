import { Counter, Histogram, type Registry } from "prom-client";

const COUNTERS = {
  "heartbeat failed": {
    name: "masterd_heartbeat_failures_total",
    help: "Writes of the heartbeat that were not acknowledged.",
  },
  "connection lost": {
    name: "masterd_connection_losses_total",
    help: "Connections to ZooKeeper that were lost; a session survives most of them.",
  },
  "leadership": {
    name: "masterd_leaderships_total",
    help: "Leaderships of this master that others could find.",
  },
  "leader changed": {
    name: "masterd_leader_changes_total",
    help: "Changes from one leader to another that this master saw, whoever led.",
  },
  "command restarts": {
    name: "masterd_command_restarts_total",
    help: "Ends of the leader's command by itself, after which it was to be started again.",
  },
  "storage failed": {
    name: "masterd_state_errors_total",
    help: "Failures of the storage that holds the state.",
  },
} as const;

// A write of a quorum takes a few milliseconds; after a third of the session timeout a server is left.
const HEARTBEAT = {
  name: "masterd_heartbeat_duration_seconds",
  help: "Time from sending a write of the heartbeat until the quorum acknowledged it.",
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
};

// A crash costs tens of milliseconds, the loss of a host the session timeout.
const FAILOVER = {
  name: "masterd_failover_duration_seconds",
  help: "For how long nobody could be found as the leader between two; only what this " +
    "master saw from end to end.",
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100],
};

export type CountedEvent = keyof typeof COUNTERS;

/** What is counted and measured as it happens. */
export class Events {
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #heartbeats: Histogram;
  readonly #failovers: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#counters = new Map(
      Object.entries(COUNTERS).map((
        [event, names],
      ) => [event, new Counter({ ...names, registers })]),
    );
    this.#heartbeats = new Histogram({ ...HEARTBEAT, registers });
    this.#failovers = new Histogram({ ...FAILOVER, registers });
  }

  count(event: CountedEvent): void {
    this.#counters.get(event)!.inc();
  }

  heartbeatTook(durationMs: number): void {
    this.#heartbeats.observe(durationMs / 1000);
  }

  failoverTook(durationMs: number): void {
    this.#failovers.observe(durationMs / 1000);
  }
}
