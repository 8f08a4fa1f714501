/** The kinds of files that make a database. */
export type FileKind = "log" | "snapshot";

/** One of the store's own files, as its name tells. */
export interface NamedFile {
  readonly kind: FileKind;
  /** A log holds records from this zxid on; a snapshot has all up to this one. */
  readonly zxid: bigint;
  readonly path: string;
}

/** The file that says that a server uses the folder. */
export const LOCK_NAME = "lock";
/** The end of the name of a file that is not whole yet. */
export const UNFINISHED = ".tmp";
/** The end of the name of a snapshot that did not check, kept for whoever wants to look at it. */
export const DAMAGED = ".damaged";

const OWN_NAME = /^([0-9a-f]{16})\.(log|snapshot)$/;
/** Names of Apache ZooKeeper: `log.1`, `snapshot.0`. */
const APACHE_NAME = /^(?:log|snapshot)\.[0-9a-f]+(?:\.gz|\.snappy)?$/;

/** `0000000000000001.log`: names in the order of the alphabet are in that of the zxids. */
export function fileName(kind: FileKind, zxid: bigint): string {
  return `${BigInt.asUintN(64, zxid).toString(16).padStart(16, "0")}.${kind}`;
}

/** What a name tells; undefined if the store gives no such name. */
export function parseFileName(name: string): Omit<NamedFile, "path"> | undefined {
  const match = OWN_NAME.exec(name);
  if (match === null) return undefined;
  return { kind: match[2] as FileKind, zxid: BigInt(`0x${match[1]}`) };
}

/** Whether a start of the store left this behind before it was whole. */
export function isUnfinishedName(name: string): boolean {
  return name.endsWith(UNFINISHED) &&
    parseFileName(name.slice(0, -UNFINISHED.length)) !== undefined;
}

export function isApacheName(name: string): boolean {
  return APACHE_NAME.test(name);
}
