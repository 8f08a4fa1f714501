// What the ephemeralOwner of a node tells that no session owns (ZooKeeper's EphemeralType).
const TTL_MARK = 0xffn << 56n;
const MAX_TTL_MS = (1n << 40n) - 1n;
const BITS_BELOW_MARK = (1n << 56n) - 1n;

/** The owner of a node that stays until it is deleted. */
export const NO_OWNER = 0n;

/** The owner of a container. */
export const CONTAINER_OWNER = -(1n << 63n);

/** Whom a node lives with. */
export type Ownership =
  | { readonly kind: "none" }
  | { readonly kind: "session" }
  | { readonly kind: "container" }
  | { readonly kind: "ttl"; readonly ttlMs: bigint };

const NONE: Ownership = { kind: "none" };
const SESSION: Ownership = { kind: "session" };
const CONTAINER: Ownership = { kind: "container" };

export function ownershipOf(owner: bigint): Ownership {
  if (owner === NO_OWNER) return NONE;
  if (owner > NO_OWNER) return SESSION;
  if (owner === CONTAINER_OWNER) return CONTAINER;
  const isTtl = (BigInt.asUintN(64, owner) & TTL_MARK) === TTL_MARK;
  return isTtl ? { kind: "ttl", ttlMs: owner & BITS_BELOW_MARK } : SESSION;
}

/** The owner of a node that may be deleted when it was left alone for so long, or undefined if that is no length. */
export function ttlOwner(ttlMs: bigint): bigint | undefined {
  if (ttlMs <= 0n || ttlMs > MAX_TTL_MS) return undefined;
  return BigInt.asIntN(64, TTL_MARK | ttlMs);
}
