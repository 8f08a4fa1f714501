import { formatHostPort } from "../config/host_port.ts";
import { type Answer, call, type CallOptions } from "../http/call.ts";
import type { LeaderAddress } from "../election/leadership.ts";
import { withLimit } from "../async/abortable.ts";

/** A worker as it presents itself. */
export interface WorkerIdentity {
  workerId: string;
  host: string;
  pid: number;
}

/** What became of a call to the leader. */
export type CallOutcome =
  | { kind: "registered"; heartbeatIntervalMs: number }
  | { kind: "alive" }
  | { kind: "unknown" }
  | { kind: "refused"; message: string }
  | { kind: "timeout" }
  | { kind: "failed"; error: Error };

/** The calls of one worker to one leader, each with a limit; they report failures and never throw them. */
export class LeaderClient {
  readonly #baseUrl: string;
  readonly #worker: WorkerIdentity;
  readonly #leaderSessionId: string;
  readonly #token: string | undefined;

  constructor(leader: Pick<LeaderAddress, "host" | "rpcPort">, options: {
    worker: WorkerIdentity;
    leaderSessionId: string;
    /** That of the cluster, where one is configured. */
    token?: string;
  }) {
    const { host, rpcPort: port } = leader;
    this.#baseUrl = `http://${formatHostPort({ host, port })}/rpc/v1/workers`;
    this.#worker = options.worker;
    this.#leaderSessionId = options.leaderSessionId;
    this.#token = options.token;
  }

  register(options: { timeoutMs: number; signal: AbortSignal }): Promise<CallOutcome> {
    const body = { ...this.#worker, leaderSessionId: this.#leaderSessionId };
    return this.#call(this.#baseUrl, { method: "POST", body }, options);
  }

  heartbeat(options: { timeoutMs: number; signal: AbortSignal }): Promise<CallOutcome> {
    const url = `${this.#baseUrl}/${this.#worker.workerId}/heartbeat`;
    const body = { leaderSessionId: this.#leaderSessionId };
    return this.#call(url, { method: "PUT", body }, options);
  }

  unregister(options: { timeoutMs: number }): Promise<CallOutcome> {
    const query = new URLSearchParams({ leaderSessionId: this.#leaderSessionId });
    const url = `${this.#baseUrl}/${this.#worker.workerId}?${query}`;
    return this.#call(url, { method: "DELETE" }, options);
  }

  async #call(
    url: string,
    request: Omit<CallOptions, "signal">,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<CallOutcome> {
    try {
      const token = this.#token;
      const step = (signal: AbortSignal) => call(url, { ...request, token, signal });
      return outcomeOf(await withLimit(step, { act: `${request.method} ${url}`, ...options }));
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      if (error instanceof DOMException && error.name === "TimeoutError") {
        return { kind: "timeout" };
      }
      return { kind: "failed", error: error as Error };
    }
  }
}

function outcomeOf({ status, body }: Answer): CallOutcome {
  const { heartbeatIntervalMs, error } = (body ?? {}) as Record<string, unknown>;
  switch (status) {
    case 200:
      if (isInterval(heartbeatIntervalMs)) return { kind: "registered", heartbeatIntervalMs };
      return { kind: "failed", error: new Error("The leader's answer has no heartbeat interval") };
    case 204:
      return { kind: "alive" };
    case 404:
      return { kind: "unknown" };
    case 409:
      return { kind: "refused", message: String(error) };
    default:
      return { kind: "failed", error: new Error(`The leader answered ${status}: ${error}`) };
  }
}

function isInterval(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && value <= 3_600_000;
}
