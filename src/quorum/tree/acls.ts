import { Permission } from "../../zookeeper/wire/constants.ts";
import type { Acl, Id } from "../../zookeeper/wire/records.ts";
import { isInIpRange, isIpRange } from "./ip_ranges.ts";

// One `auth` stands for all that a client has proven: a frame of them must fill neither memory nor disk.
const MAX_PROVEN_LENGTH = 4 * 1024 * 1024;
const ENTRY_LENGTH = 12;

/** Whether one of the identities may do one of the things; an empty list lets all do all, as in ZooKeeper. */
export function allows(
  acl: readonly Acl[],
  permissions: number,
  identities: readonly Id[],
): boolean {
  if (acl.length === 0 || identities.some(({ scheme }) => scheme === "super")) return true;
  return acl.some((entry) =>
    (entry.permissions & permissions) !== 0 &&
    (isWorld(entry.id) || identities.some((identity) => isMeant(entry.id, identity)))
  );
}

/**
 * An ACL as it is stored: without duplicates, and with the author's proven identities in the
 * place of `auth`. Undefined if it is not well-formed (PrepRequestProcessor.fixupACL).
 */
export function storedAcl(
  acl: readonly Acl[],
  identities: readonly Id[],
): readonly Acl[] | undefined {
  const unique = new Map(acl.map((entry) => [keyOf(entry), entry]));
  const stored: Acl[] = [];
  let provenLength = 0;
  for (const entry of unique.values()) {
    const entries = storedIds(entry.id, identities).map((id) => ({ ...entry, id }));
    if (entry.id.scheme === "auth") provenLength += aclLength(entries);
    if (entries.length === 0 || provenLength > MAX_PROVEN_LENGTH) return undefined;
    for (const each of entries) stored.push(each);
  }
  return stored.length === 0 ? undefined : stored;
}

/** The list as it is shown to those who may not change it: without the hashes of passwords. */
export function maskedAcl(acl: readonly Acl[]): readonly Acl[] {
  return acl.map((entry) => {
    const { scheme, id } = entry.id;
    if (scheme !== "digest") return entry;
    return { ...entry, id: { scheme, id: `${id.slice(0, id.indexOf(":"))}:x` } };
  });
}

/** About how many bytes the list takes where it is written down. */
export function aclLength(acl: readonly Acl[]): number {
  return acl.reduce((length, { id: { scheme, id } }) => {
    return length + ENTRY_LENGTH + scheme.length + id.length;
  }, 0);
}

/** Everybody may do everything. */
export const OPEN_ACL: readonly Acl[] = [
  { permissions: Permission.all, id: { scheme: "world", id: "anyone" } },
];

/** Everybody may read. */
export const READ_ACL: readonly Acl[] = [
  { permissions: Permission.read, id: { scheme: "world", id: "anyone" } },
];

function isWorld({ scheme, id }: Id): boolean {
  return scheme === "world" && id === "anyone";
}

function isMeant(meant: Id, identity: Id): boolean {
  if (meant.scheme !== identity.scheme) return false;
  return meant.scheme === "ip" ? isInIpRange(identity.id, meant.id) : meant.id === identity.id;
}

/** None if an ACL must not name this identity. */
function storedIds(id: Id, identities: readonly Id[]): readonly Id[] {
  switch (id.scheme) {
    case "auth":
      // An address proves nothing (IPAuthenticationProvider.isAuthenticated).
      return identities.filter(({ scheme }) => scheme === "digest");
    case "digest":
      return isDigest(id.id) ? [id] : [];
    case "ip":
      return isIpRange(id.id) ? [id] : [];
    default:
      return isWorld(id) ? [id] : [];
  }
}

/** A user and a hash; Java's split, by which ZooKeeper counts, drops empty parts at the end. */
function isDigest(id: string): boolean {
  return id.split(":").findLastIndex((part) => part !== "") === 1;
}

/** Lengths keep apart what an identity may contain. */
export function keyOf({ permissions, id: { scheme, id } }: Acl): string {
  return `${permissions} ${scheme.length} ${scheme}${id.length} ${id}`;
}
