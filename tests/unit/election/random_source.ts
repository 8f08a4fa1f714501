/** Random numbers that can be had again: a failure names the seed. */
export interface RandomSource {
  /** What a failure message shows. */
  seed: string;
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  bytes(length: number): Uint8Array;
}

/** Numbers from a new seed, or from the one in the environment variable `SEED`. */
export function randomSource(
  seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]),
): RandomSource {
  let state = seed;
  const below = (limit: number) => {
    // Mulberry32: short, and even enough for tests.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    seed: `SEED=${seed}`,
    below,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
