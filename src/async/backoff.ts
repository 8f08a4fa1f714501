/**
 * Waiting times that double from `initialMs` up to `maxMs`, each shortened at random by up to half,
 * so that many clients that failed together do not return together.
 */
export function* backoff(
  limits: { initialMs: number; maxMs: number },
  random: () => number = Math.random,
): Generator<number, never, void> {
  let ms = limits.initialMs;
  while (true) {
    yield ms * (0.5 + random() / 2);
    ms = Math.min(ms * 2, limits.maxMs);
  }
}
