import { isFinal, type SessionEvent, type SessionState, ZooKeeper } from "zookeeper";
import { delay } from "../../async/delay.ts";
import { LatestValue } from "../../async/latest_value.ts";
import type { Configuration } from "../../config/configuration.ts";
import { campaign } from "../../election/campaign.ts";
import { Heartbeat } from "../../election/heartbeat.ts";
import { electionLayout } from "../../election/layout.ts";
import type { LeaderInformation, Leadership } from "../../election/leadership.ts";
import { followLeader } from "../../election/retrieval.ts";
import type { Logger } from "../../log/logger.ts";
import { VERSION } from "../version.ts";
import type { OpenOptions } from "./open.ts";
import { OutageLog } from "./outage_log.ts";
import type { ConnectionState, HighAvailabilityServices, SessionSource } from "./services.ts";
import { clientOptions, nodeAcl } from "./zookeeper_access.ts";

/** Pause before a new session after the server refused our credentials. */
const AUTH_FAILED_PAUSE_MS = 5000;

/** Elects and finds leaders through ZooKeeper. Returns at once; the connection comes when it can. */
export function openZooKeeperServices(
  configuration: Configuration,
  options: Omit<OpenOptions, "signal">,
): HighAvailabilityServices {
  return new ZooKeeperServices(configuration, options);
}

/** One session after another: each is used until it is over, and then replaced. */
class ZooKeeperServices implements HighAvailabilityServices {
  readonly connection: LatestValue<ConnectionState> = new LatestValue<ConnectionState>({
    kind: "connecting",
  });
  readonly zookeeper: SessionSource = { connected: (signal) => this.#connected(signal) };
  readonly #configuration: Configuration["zookeeper"];
  readonly #logger: Logger;
  readonly #outage: OutageLog;
  readonly #closing = new AbortController();
  readonly #session: LatestValue<ZooKeeper>;
  readonly #renewal: Promise<void>;
  readonly #onSession: OpenOptions["onSession"];
  readonly #observer: OpenOptions["observer"];
  readonly #process: { pid: number; startedAt: string };
  #heartbeat: { zk: ZooKeeper; heartbeat: Heartbeat } | undefined;

  constructor(
    configuration: Configuration,
    options: Omit<OpenOptions, "signal">,
  ) {
    this.#configuration = configuration.zookeeper;
    this.#logger = options.logger.named("zookeeper");
    this.#outage = new OutageLog(this.#logger, this.#configuration.quorum);
    this.#onSession = options.onSession;
    this.#observer = options.observer;
    const { startedAt = new Date() } = options;
    this.#process = { pid: Deno.pid, startedAt: startedAt.toISOString() };
    this.#session = new LatestValue(this.#open());
    this.#renewal = this.#renewSessions(this.#closing.signal);
  }

  async campaign(options: { participant: string; signal: AbortSignal }): Promise<Leadership> {
    const { namespace, tickTimeMs, tolerateSuspendedConnections } = this.#configuration;
    const candidacy = {
      layout: electionLayout(namespace),
      participant: options.participant,
      version: VERSION,
      acl: nodeAcl(this.#configuration),
      logger: this.#logger.named("election"),
    };
    return await this.#withSession(options.signal, (zk) => {
      if (this.#heartbeat?.zk !== zk) {
        const process = this.#process;
        const session = { ...candidacy, process, tickTimeMs, observer: this.#observer };
        this.#heartbeat = { zk, heartbeat: new Heartbeat(zk, session) };
      }
      const { heartbeat } = this.#heartbeat;
      const { signal } = options;
      return campaign(zk, { ...candidacy, heartbeat, tolerateSuspendedConnections, signal });
    });
  }

  async *followLeader(
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<LeaderInformation | undefined, void, void> {
    const { namespace, tolerateSuspendedConnections } = this.#configuration;
    const layout = electionLayout(namespace);
    const logger = this.#logger.named("retrieval");
    while (true) {
      const zk = await this.#connected(signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (zk === undefined) return;
      try {
        yield* followLeader(zk, { layout, logger, tolerateSuspendedConnections, signal });
      } catch (error) {
        if (!isFinal(zk.state)) throw error;
        yield undefined;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#renewal;
    await this.#heartbeat?.heartbeat[Symbol.asyncDispose]();
    await this.#session.value.close();
  }

  /** Does something with a session; once more with the next one if that session ends under it. */
  async #withSession<T>(signal: AbortSignal, act: (zk: ZooKeeper) => Promise<T>): Promise<T> {
    while (true) {
      const zk = await this.#connected(signal);
      try {
        return await act(zk);
      } catch (error) {
        if (signal.aborted || !isFinal(zk.state)) throw error;
      }
    }
  }

  async #connected(signal: AbortSignal): Promise<ZooKeeper> {
    for await (const zk of this.#session.changes({ signal })) {
      try {
        await zk.connected({ signal });
        return zk;
      } catch (error) {
        if (!isFinal(zk.state)) throw error;
      }
    }
    throw signal.reason;
  }

  async #renewSessions(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const final = await finalState(this.#session.value, signal);
      if (final === undefined) return;
      this.#logger.error("session is over, opening a new one", { state: final.kind });
      if (final.kind === "auth-failed") {
        await delay(AUTH_FAILED_PAUSE_MS, { signal }).catch(() => {});
      }
      if (signal.aborted) return;
      this.connection.set({ kind: "connecting" });
      this.#session.set(this.#open());
    }
  }

  #open(): ZooKeeper {
    let isKnown = false;
    const zk = new ZooKeeper(this.#configuration.quorum, {
      ...clientOptions(this.#configuration),
      onEvent: (event) => {
        const isConnected = event.kind === "state" && event.state.kind === "connected";
        if (isConnected && !isKnown) this.#onSession?.(zk.credentials);
        isKnown ||= isConnected;
        this.#report(event);
      },
    });
    return zk;
  }

  #report(event: SessionEvent): void {
    switch (event.kind) {
      case "state":
        this.#outage.end();
        this.connection.set(toConnection(event.state));
        return this.#logState(event.state);
      case "connection-lost":
        this.#observer?.connectionLost();
        return this.#logger.warn("connection lost", { server: event.server, error: event.error });
      case "attempt-failed":
        this.#outage.attemptFailed(event);
        return this.#setLastError(event.error.message);
      case "close-failed":
        return this.#logger.warn("session could not be closed, it will expire", {
          error: event.error,
        });
    }
  }

  #logState(state: SessionState): void {
    if (state.kind === "connected") {
      const { server, sessionId, negotiatedTimeoutMs } = state;
      this.#logger.info("connected", {
        server,
        session: formatSessionId(sessionId),
        sessionTimeoutMs: negotiatedTimeoutMs,
      });
    } else if (state.kind === "auth-failed") {
      this.#logger.error("server refused the credentials", { error: state.cause as Error });
    } else {
      this.#logger.info("session state changed", { state: state.kind });
    }
  }

  #setLastError(lastError: string): void {
    const { value } = this.connection;
    if (value.kind === "connecting" || value.kind === "suspended") {
      this.connection.set({ ...value, lastError });
    }
  }
}

/** The state in which a session ended, or undefined if the signal aborts first. */
async function finalState(zk: ZooKeeper, signal: AbortSignal): Promise<SessionState | undefined> {
  const ended = Promise.withResolvers<void>();
  const onAbort = () => ended.resolve();
  const unsubscribe = zk.onStateChange((state) => {
    if (isFinal(state)) ended.resolve();
  });
  signal.addEventListener("abort", onAbort, { once: true });
  if (!isFinal(zk.state) && !signal.aborted) await ended.promise;
  unsubscribe();
  signal.removeEventListener("abort", onAbort);
  return isFinal(zk.state) ? zk.state : undefined;
}

function toConnection(state: SessionState): ConnectionState {
  switch (state.kind) {
    case "connecting":
      return { kind: "connecting" };
    case "connected": {
      const { server, negotiatedTimeoutMs: sessionTimeoutMs } = state;
      return {
        kind: "connected",
        sessionId: formatSessionId(state.sessionId),
        server,
        sessionTimeoutMs,
      };
    }
    case "suspended":
      return { kind: "suspended", sessionId: formatSessionId(state.sessionId) };
    default:
      return { kind: "lost", lastError: `the session is ${state.kind}` };
  }
}

/** As ZooKeeper's own tools show it. */
function formatSessionId(id: bigint): string {
  return `0x${BigInt.asUintN(64, id).toString(16)}`;
}
