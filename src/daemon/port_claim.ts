import type { Logger } from "../log/logger.ts";
import { StartError } from "./start_error.ts";

export interface PortClaim<C extends { port: number }, T> {
  /** Tried in this order; port 0 lets the system choose. */
  candidates: Iterable<C>;
  /** Binds the port and keeps it bound: being bound is what the claim is. */
  bind: (candidate: C) => T;
  /** The server in messages: `RPC server`. */
  server: string;
  /** What to say when no port is left; the reason of the last failure is added. */
  exhausted: string;
  logger: Logger;
}

/** Binds the first free port. Two processes that try at once get two ports, or one of them none. */
export function claimPort<C extends { port: number }, T>(claim: PortClaim<C, T>): T {
  const { candidates, bind, server, exhausted, logger } = claim;
  let cause: unknown;
  for (const candidate of candidates) {
    const { port } = candidate;
    logger.info("trying port", { server, port });
    try {
      return bind(candidate);
    } catch (error) {
      if (!isUnavailable(error)) {
        throw new StartError(`Cannot bind the ${server} to port ${port}`, { cause: error });
      }
      cause = error;
    }
  }
  throw new StartError(exhausted, { cause });
}

// PermissionDenied: a port below 1024, for a user that may not have those.
function isUnavailable(error: unknown): boolean {
  return error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied;
}
