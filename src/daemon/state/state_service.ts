import type { Configuration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { LeaderAddress, LeaderInformation, Leadership } from "../../election/leadership.ts";
import { unauthorized } from "../../http/bearer.ts";
import type { LeaderPlace, StateCalls } from "../../http/state_calls.ts";
import type { StateStatus } from "../../http/status.ts";
import type { Logger } from "../../log/logger.ts";
import { StateReader } from "../../state/state_reader.ts";
import { StateStore } from "../../state/state_store.ts";
import type { Storage } from "../../storage/storage.ts";
import { CoolDown } from "../../workload/cool_down.ts";
import type { WorkEnd } from "../election_loop.ts";
import type { SessionSource } from "../high_availability/services.ts";
import { nodeAcl } from "../high_availability/zookeeper_access.ts";
import type { TokenDigest } from "../token_digest.ts";
import { LeadershipToken } from "./leadership_token.ts";
import { StateApi } from "./state_api.ts";
import { notLeading } from "./state_failure.ts";
import { StateTerm, type TermStore } from "./state_term.ts";
import { watchAsStandby } from "./standby_watch.ts";
import { UPKEEP_TIMES, type UpkeepTimes } from "./upkeep.ts";

export interface StateServiceOptions {
  configuration: Pick<Configuration, "state" | "zookeeper" | "jobmanager">;
  storage: Storage;
  /** The session that reads where no leadership is held. */
  zookeeper: SessionSource;
  /** Where the token of a leadership is written for its command. */
  tokenPath: string;
  /** Opens the state to every node of the cluster, where one is configured. */
  clusterToken?: TokenDigest;
  /** The leader that others see. */
  leader: () => LeaderInformation | undefined;
  logger: Logger;
  times?: UpkeepTimes;
  /** Told of each failure of the storage under a leadership; must not throw. */
  onStorageFailure?: () => void;
  /** Told whenever what is known of the state is of another kind; must not throw. */
  onChange?: (status: StateStatus) => void;
  /** A StateStore unless told. */
  openStore?: (leadership: FencedLeadership) => TermStore;
}

export type FencedLeadership = Leadership & Required<Pick<Leadership, "fence">>;

export interface TermOptions {
  /** Where this master can be reached. */
  address: LeaderAddress;
  signal: AbortSignal;
}

/** How long a master stays behind that could not recover what is required, where no command says it. */
const COOL_DOWN_MS = 60_000;

/** The state on one master: kept while it leads, read always. */
export class StateService implements AsyncDisposable {
  readonly #options: StateServiceOptions;
  readonly #api: StateApi;
  readonly #stopping = new AbortController();
  readonly #coolDown: CoolDown;
  #term: StateTerm | undefined;
  #token: TokenDigest | undefined;

  constructor(options: StateServiceOptions) {
    const { configuration: { jobmanager } } = options;
    this.#options = options;
    this.#coolDown = new CoolDown(jobmanager.command?.coolDownMs ?? COOL_DOWN_MS);
    this.#api = new StateApi({
      term: () => this.#term,
      openReader: (signal) => this.#openReader(signal),
      leader: () => placeOf(options.leader()),
      stopping: this.#stopping.signal,
    });
  }

  /** What a leader knows of the state; null on any other master. */
  get status(): StateStatus | null {
    return this.#term?.status ?? null;
  }

  /**
   * Who answers a caller with this token.
   * @throws {RequestError} 401; {StateCallError} `not-leading` if it was valid under a former leadership
   */
  callsFor(token: string | undefined): StateCalls {
    if (this.#options.clusterToken?.matches(token)) return this.#api;
    if (!this.#token?.matches(token)) throw unauthorized();
    if (this.#term !== undefined) return this.#api;
    throw notLeading(placeOf(this.#options.leader()));
  }

  /**
   * Does a leader's work with the state in its hands: recovered before, kept up meanwhile, closed after.
   * The work is given the environment in which a command finds the state.
   */
  async during(
    leadership: FencedLeadership,
    { address, signal }: TermOptions,
    work: (environment: Readonly<Record<string, string>>) => Promise<WorkEnd>,
  ): Promise<WorkEnd> {
    await using term = this.#openTerm(leadership);
    this.#token = undefined;
    this.#term = term;
    try {
      const [outcome, token] = await Promise.all([term.recover(signal), this.#writeToken()]);
      await using _ = token;
      if (outcome.kind === "interrupted") return { kind: "ended" };
      if (outcome.kind === "refused") {
        const { reason } = outcome;
        return { kind: "gave-up", reason, coolDownMs: this.#coolDown.giveUp() };
      }
      this.#coolDown.ranWell();
      return await term.duringUpkeep(() => work(stateEnvironment(leadership, address, token)));
    } finally {
      this.#term = undefined;
    }
  }

  /** Looks, while another leads, whether this master could use the state. */
  async watch(signal: AbortSignal): Promise<void> {
    const { times = UPKEEP_TIMES, logger } = this.#options;
    await watchAsStandby({
      openReader: (signal) => this.#openReader(signal),
      isLeading: () => this.#term !== undefined,
      times,
      logger,
    }, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new Error("This master stops"));
    return Promise.resolve();
  }

  #openTerm(leadership: FencedLeadership): StateTerm {
    const { configuration, openStore, ...options } = this.#options;
    const { storage, logger, times, onStorageFailure, onChange } = options;
    const store = (openStore ?? ((leadership) => this.#openStore(leadership)))(leadership);
    return new StateTerm({
      leadership,
      store,
      storage,
      configuration: configuration.state,
      logger,
      times,
      onStorageFailure,
      onChange,
    });
  }

  #openStore({ fence: { zk, path }, epoch, lost }: FencedLeadership): StateStore {
    const { configuration: { zookeeper, state }, storage, logger } = this.#options;
    return new StateStore({
      zk,
      // It was this session that saw itself first in the latch.
      fence: { path, epoch, lost, isCaughtUp: true },
      namespace: zookeeper.namespace,
      storage,
      historyLength: state.history,
      acl: nodeAcl(zookeeper),
      logger,
    });
  }

  async #openReader(signal: AbortSignal): Promise<StateReader> {
    const { configuration: { zookeeper: { namespace } }, storage, zookeeper } = this.#options;
    return new StateReader({ zk: await zookeeper.connected(signal), namespace, storage });
  }

  // A leader whose command cannot reach the state is better than none: most need it for nothing.
  async #writeToken(): Promise<LeadershipToken | undefined> {
    const { tokenPath, logger } = this.#options;
    try {
      const token = await LeadershipToken.write(tokenPath);
      this.#token = token.digest;
      return token;
    } catch (error) {
      logger.error("the command is not told of the state: its token cannot be written", {
        file: tokenPath,
        error: error as Error,
      });
    }
  }
}

function stateEnvironment(
  { leaderSessionId }: Leadership,
  { host, rpcPort: port }: LeaderAddress,
  token: LeadershipToken | undefined,
): Record<string, string> {
  if (token === undefined) return {};
  const rpcUrl = `http://${formatHostPort({ host, port })}`;
  return {
    MASTERD_STATE_URL: `${rpcUrl}/rpc/v1/leaderships/${leaderSessionId}/state`,
    MASTERD_STATE_TOKEN_FILE: token.path,
  };
}

function placeOf(leader: LeaderInformation | undefined): LeaderPlace | null {
  if (leader === undefined) return null;
  const { address, leaderSessionId, details } = leader;
  const rpcUrl = details === undefined
    ? null
    : `http://${formatHostPort({ host: details.host, port: details.rpcPort })}`;
  return { address, rpcUrl, leaderSessionId };
}
