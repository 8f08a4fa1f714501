import { resolveHost } from "zookeeper";
import { inParallel } from "../../async/in_parallel.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { HighAvailabilityMode } from "../../config/high_availability.ts";
import { type Coordination, CoordinationView } from "./coordination.ts";
import { type ExpectedCluster, loadExpectedCluster } from "./expected_cluster.ts";
import { askFailovers, type Failover } from "./failovers.ts";
import { HostNames } from "./host_names.ts";
import { actingLeader } from "./leadership.ts";
import { askMaster, type MasterAnswer } from "./master_call.ts";
import { leaderPlace, type MasterPlace, masterPlaces, parsePlaces } from "./master_places.ts";
import { answering, type MasterView, settleViews } from "./master_views.ts";
import { countWorkers, type WorkerCount } from "./worker_count.ts";

/** What one look at a cluster saw. */
export interface ClusterPicture {
  mode: HighAvailabilityMode["kind"];
  expected: ExpectedCluster;
  coordination: Coordination;
  /** Those of conf/masters in their order, then others that are registered or published. */
  masters: readonly MasterView[];
  /** Undefined while there is no leader that could tell. */
  workers: WorkerCount | undefined;
  /** The last leaderships, newest first; absent where nobody tells of them. */
  failovers?: readonly Failover[];
}

export interface LookOptions {
  /** How long anybody who is asked may take. */
  limitMs: number;
  signal: AbortSignal;
}

const PARALLEL_CALLS = 16;
/** A master tells at once what it is; ZooKeeper may have to be looked for first. */
const MASTER_LIMIT_MS = 3000;

/** Looks at a cluster from outside, as often as it is asked to. */
export class ClusterLook implements AsyncDisposable {
  readonly #mode: HighAvailabilityMode["kind"];
  readonly #expected: ExpectedCluster;
  readonly #coordination: CoordinationView;
  readonly #names = new HostNames();

  static async open(
    configuration: Configuration,
    options: { signal: AbortSignal },
  ): Promise<ClusterLook> {
    const { highAvailability: { mode } } = configuration;
    const expected = await loadExpectedCluster(configuration);
    const coordination = await CoordinationView.open(configuration, options);
    return new ClusterLook(mode.kind, expected, coordination);
  }

  private constructor(
    mode: HighAvailabilityMode["kind"],
    expected: ExpectedCluster,
    coordination: CoordinationView,
  ) {
    this.#mode = mode;
    this.#expected = expected;
    this.#coordination = coordination;
  }

  /** Rejects with the signal's reason only: whatever else goes wrong is part of the picture. */
  async look(options: LookOptions): Promise<ClusterPicture> {
    const coordination = await this.#coordination.look(options);
    const masters = await this.#askMasters(coordination, options);
    const seen = { mode: this.#mode, expected: this.#expected, coordination, masters };
    const [workers, failovers] = await Promise.all([
      this.#countWorkers(seen, options),
      this.#askFailovers(seen, options),
    ]);
    return { ...seen, workers, ...(failovers === undefined ? {} : { failovers }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#coordination[Symbol.asyncDispose]();
  }

  async #askMasters(
    coordination: Coordination,
    options: LookOptions,
  ): Promise<readonly MasterView[]> {
    const { participants, leader } = coordination.kind === "seen"
      ? coordination
      : { participants: [], leader: undefined };
    const places = masterPlaces(this.#expected.masters, {
      registered: parsePlaces(participants),
      leader: leaderPlace(leader?.details),
    });
    const views = new Map<MasterPlace, MasterView>();
    await inParallel(places, PARALLEL_CALLS, async (place) => {
      views.set(place, await this.#ask(place, options));
    });
    return settleViews(places.map((place) => views.get(place)!));
  }

  /** Of several ports the first counts at which a master answers, or else anybody. */
  async #ask(
    { expected, host, ports, isRegistered }: MasterPlace,
    { signal, ...options }: LookOptions,
  ): Promise<MasterView> {
    const { clusterId } = this.#expected;
    const limitMs = Math.min(options.limitMs, MASTER_LIMIT_MS);
    const ask = async (port: number): Promise<{ port: number; answer: MasterAnswer }> => ({
      port,
      answer: await askMaster({ host, port }, { signal, limitMs, clusterId, resolve: resolveHost }),
    });
    const answers = await Promise.all(ports.map(ask));
    const best = answers.find(({ answer }) => answer.kind === "master") ??
      answers.find(({ answer }) => answer.kind === "foreign") ?? answers[0] ??
      { port: undefined, answer: { kind: "unreachable", cause: "its port is not known" } };
    return { expected, host, isRegistered, ...best };
  }

  /** A standby knows them as well. */
  async #askFailovers(
    seen: Omit<ClusterPicture, "workers">,
    { signal, limitMs }: LookOptions,
  ): Promise<readonly Failover[] | undefined> {
    const who = actingLeader(seen) ?? answering(seen.masters)[0];
    if (this.#mode !== "zookeeper" || who === undefined) return undefined;
    const limits = { signal, limitMs: Math.min(limitMs, MASTER_LIMIT_MS) };
    return await askFailovers(who, { ...limits, resolve: resolveHost });
  }

  async #countWorkers(
    seen: Omit<ClusterPicture, "workers">,
    options: LookOptions,
  ): Promise<WorkerCount | undefined> {
    const leader = actingLeader(seen);
    if (leader === undefined) return undefined;
    const { workerHosts: registered } = leader.status;
    const { workerHosts: expected } = this.#expected;
    const count = () => countWorkers(expected, registered, (host) => this.#names.identify(host));
    const first = count();
    const isDoubtful = first.hosts.some((row) =>
      row.registered < row.expected || row.assumed.length > 0
    );
    if (!isDoubtful || registered.length === 0) return first;
    await this.#names.lookUp([...expected, ...registered], { signal: options.signal });
    return count();
  }
}
