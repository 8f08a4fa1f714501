import type { Contender } from "../../../../src/election/switchover/contenders.ts";

/**
 * Contenders in the order given; the name of one that is no master starts with `~`. Each has a
 * session and an epoch of its own.
 */
export function queueOf(...names: string[]): Contender[] {
  return names.map((text, index) => ({
    name: `latch of ${text}`,
    participant: text,
    czxid: 100n + BigInt(index),
    owner: sessionOf(text),
    isMaster: !text.startsWith("~"),
  }));
}

/** The session of a contender. */
export function sessionOf(name: string): bigint {
  return BigInt(name.codePointAt(name.length - 1)!);
}
