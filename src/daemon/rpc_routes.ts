import type { Configuration } from "../config/configuration.ts";
import { bearerToken, withToken } from "../http/bearer.ts";
import { RequestError } from "../http/responses.ts";
import type { Route } from "../http/router.ts";
import { StateCallError, type StateCalls } from "../http/state_calls.ts";
import { stateRoutes } from "../http/state_routes.ts";
import { type WorkerCalls, workerRoutes } from "../http/worker_calls.ts";
import type { StateService } from "./state/state_service.ts";
import type { TokenDigest } from "./token_digest.ts";

export interface RpcRoutesOptions {
  configuration: Pick<Configuration, "highAvailability" | "state">;
  workers: WorkerCalls;
  /** Undefined as long as it is not there yet, or where no state is kept. */
  state: () => StateService | undefined;
  /** Every caller must know it, where one is configured. */
  clusterToken?: TokenDigest;
}

/** How long nothing of a content may arrive. */
const IDLE_LIMIT_MS = 30_000;

/** What a master answers on the port for workers and commands. */
export function rpcRoutes(options: RpcRoutesOptions): Route[] {
  const { configuration: { state: { maxBytes } }, workers, clusterToken } = options;
  const isAccepted = (token: string | undefined) =>
    clusterToken === undefined || clusterToken.matches(token);
  return [
    ...withToken(workerRoutes(workers), isAccepted),
    ...stateRoutes({
      callsFor: (request) => stateCallsFor(request, options),
      limits: { maxBytes, idleMs: IDLE_LIMIT_MS },
    }),
  ];
}

function stateCallsFor(request: Request, { configuration, state }: RpcRoutesOptions): StateCalls {
  if (configuration.highAvailability.mode.kind !== "zookeeper") {
    throw new RequestError(
      404,
      "This cluster keeps no state: that needs high-availability: zookeeper",
    );
  }
  const service = state();
  if (service === undefined) throw new StateCallError("unavailable", "This master is starting");
  return service.callsFor(bearerToken(request));
}
