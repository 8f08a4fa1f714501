import { aborted } from "../async/abortable.ts";

/** Says once that a daemon serves, and then stays, for a service that ends would end the others. */
export async function announce(
  ready: ((line: string) => Promise<void>) | undefined,
  line: string,
  signal: AbortSignal,
): Promise<void> {
  await ready?.(line);
  await aborted(signal);
}
