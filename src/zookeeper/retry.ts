import { isZkError } from "./errors.ts";

/**
 * Repeats an act while the connection is lost under it; only for acts that may be done twice. Ends
 * with the session, or with the signal; a request waits for a connection by itself, so that this
 * does not spin.
 */
export async function untilAnswered<T>(
  act: () => Promise<T>,
  options: { signal: AbortSignal },
): Promise<T> {
  while (true) {
    options.signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (!isZkError(error, "ConnectionLoss")) throw error;
    }
  }
}
