import { Gauge, type Registry } from "prom-client";
import {
  type CommandStatus,
  type ConnectionStatus,
  isReady,
  type NodeStatus,
  type Role,
  type StateStatus,
} from "../../http/status.ts";
import { OptionalGauge, StateSet } from "./gauges.ts";

const ROLES: readonly Role[] = ["starting", "standby", "leader", "stopping"];
const CONNECTIONS: readonly ConnectionStatus["kind"][] = [
  "none",
  "connecting",
  "connected",
  "suspended",
  "lost",
];
const COMMANDS: readonly CommandStatus["kind"][] = [
  "idle",
  "starting",
  "running",
  "stopping",
  "waiting",
  "cooling-down",
];
const HEALTHS: readonly StateStatus["kind"][] = ["recovering", "healthy", "degraded"];

/** What is measured of a master at the moment. */
export interface MeasuredFacts {
  /** Its list of workers is not looked at, and may be cut short. */
  status: NodeStatus;
  workersCount: number;
}

/** What the status of a master says, as numbers. */
export class StatusGauges {
  readonly #role: StateSet<Role>;
  readonly #ready: Gauge;
  readonly #workers: Gauge;
  readonly #command: StateSet<CommandStatus["kind"]>;
  readonly #election: ElectionGauges;
  readonly #state: StateGauges;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#role = new StateSet(registry, {
      name: "masterd_role",
      help: "Role of this master: 1 for the one it has. It leads only while its lease runs.",
      states: ROLES,
    });
    this.#ready = new Gauge({
      name: "masterd_ready",
      help: "Whether this master leads, or would take over now if the leader died.",
      registers,
    });
    this.#workers = new Gauge({
      name: "masterd_workers",
      help: "Workers registered with this master; only a leader has any.",
      registers,
    });
    this.#command = new StateSet(registry, {
      name: "masterd_command_state",
      help: "What the leader's command does on this master; absent where none is configured.",
      states: COMMANDS,
    });
    this.#election = new ElectionGauges(registry);
    this.#state = new StateGauges(registry);
  }

  update({ status, workersCount }: MeasuredFacts): void {
    this.#role.show(status.role);
    this.#ready.set(isReady(status) ? 1 : 0);
    this.#workers.set(workersCount);
    this.#command.show(status.command?.kind);
    this.#election.update(status);
    this.#state.update(status.state);
  }
}

class ElectionGauges {
  readonly #epoch: OptionalGauge;
  readonly #leaseLeft: OptionalGauge;
  readonly #session: StateSet<ConnectionStatus["kind"]>;
  readonly #sessionTimeout: OptionalGauge;

  constructor(registry: Registry) {
    this.#epoch = new OptionalGauge(registry, {
      name: "masterd_leader_epoch",
      help:
        "Epoch of the leader that this master knows; absent while it knows none. Exact below 2^53.",
    });
    this.#leaseLeft = new OptionalGauge(registry, {
      name: "masterd_lease_left_seconds",
      help: "For how long this master's leadership is proven, in seconds; absent unless it leads.",
    });
    this.#session = new StateSet(registry, {
      name: "masterd_session_state",
      help: "State of the ZooKeeper session: 1 for the one it is in; none without ZooKeeper.",
      states: CONNECTIONS,
    });
    this.#sessionTimeout = new OptionalGauge(registry, {
      name: "masterd_session_timeout_seconds",
      help: "Session timeout that ZooKeeper granted, in seconds; absent while not connected.",
    });
  }

  update({ leader, connection }: NodeStatus): void {
    // ZooKeeper's own epoch and a counter of 32 bits: below 2^53, and so exact, for as long as its servers
    // have elected a leader of their own less than two million times. Larger ones are rounded.
    this.#epoch.show(leader?.epoch ? Number(leader.epoch) : undefined);
    this.#leaseLeft.show(inSeconds(leader?.leaseLeftMs));
    this.#session.show(connection.kind);
    this.#sessionTimeout.show(inSeconds(connection.sessionTimeoutMs));
  }
}

class StateGauges {
  readonly #health: StateSet<StateStatus["kind"]>;
  readonly #entries: OptionalGauge;
  readonly #broken: OptionalGauge;

  constructor(registry: Registry) {
    this.#health = new StateSet(registry, {
      name: "masterd_state_health",
      help: "Health of the state in storageDir, as its leader knows it; absent unless it leads.",
      states: HEALTHS,
    });
    this.#entries = new OptionalGauge(registry, {
      name: "masterd_state_entries",
      help: "Entries of the state, broken ones included; absent while that is not known.",
    });
    this.#broken = new OptionalGauge(registry, {
      name: "masterd_state_broken_entries",
      help: "Entries of the state that cannot be read; absent unless this master leads.",
    });
  }

  update(state: StateStatus | null): void {
    this.#health.show(state?.kind);
    this.#entries.show(state?.entries);
    this.#broken.show(state?.brokenCount);
  }
}

function inSeconds(milliseconds: unknown): number | undefined {
  return typeof milliseconds === "number" ? milliseconds / 1000 : undefined;
}
