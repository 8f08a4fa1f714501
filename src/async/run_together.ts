import { AnySignal } from "./any_signal.ts";

/** Background work with an owner: runs until it is done or the signal aborts. */
export type Service = (signal: AbortSignal) => Promise<void>;

/**
 * Runs services as one: the first that ends, well or badly, ends the others, and all are awaited
 * before this returns. Throws the first error that was not merely the end that was asked for.
 */
export async function runTogether(
  services: readonly Service[],
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  using any = new AnySignal([signal, stop.signal]);
  const together = any.signal;
  const failures: unknown[] = [];
  await Promise.all(services.map(async (service) => {
    try {
      await service(together);
    } catch (error) {
      if (!(together.aborted && error === together.reason)) failures.push(error);
    } finally {
      stop.abort();
    }
  }));
  if (failures.length > 0) throw failures[0];
}
