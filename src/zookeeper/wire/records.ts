import {
  boolean,
  buffer,
  type Codec,
  int,
  long,
  nullableString,
  record,
  string,
  type ValueOf,
  vector,
} from "./codec.ts";

/** What ZooKeeper knows of a node; `ephemeralOwner` is 0 for a node without an owner. */
export interface Stat {
  /** Transaction that created the node; the only number that never comes back. */
  czxid: bigint;
  /** Transaction that last changed the data. */
  mzxid: bigint;
  /** Creation, in milliseconds of the server's wall clock. */
  ctime: bigint;
  /** Last change of the data, in milliseconds of the server's wall clock. */
  mtime: bigint;
  /** Number of changes of the data. */
  version: number;
  /** Number of changes of the list of children. */
  cversion: number;
  /** Number of changes of the ACL. */
  aversion: number;
  /** Session that the node lives as long as; negative for containers and nodes with a TTL. */
  ephemeralOwner: bigint;
  /** Length of the data in bytes. */
  dataLength: number;
  /** Number of children. */
  numChildren: number;
  /** Transaction that last changed the list of children. */
  pzxid: bigint;
}

export const stat: Codec<Stat> = record({
  czxid: long,
  mzxid: long,
  ctime: long,
  mtime: long,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: long,
  dataLength: int,
  numChildren: int,
  pzxid: long,
});

/** Who may do what: permission bits for an identity of a scheme. */
export interface Acl {
  /** Sum of the bits of `Permission`. */
  permissions: number;
  /** Whom they are given to. */
  id: Id;
}

/** An identity: `world:anyone`, `digest:user:hash`, `ip:10.0.0.0/8`, `auth:` for the own ones. */
export interface Id {
  /** The kind of identity. */
  scheme: string;
  /** The identity in the scheme's own notation. */
  id: string;
}

// Kazoo writes an empty text as null, as in `auth:`, and ZooKeeper takes it.
const textOrNull: Codec<string> = { ...string, read: (reader) => reader.readString() ?? "" };

export const id: Codec<Id> = record({ scheme: string, id: textOrNull });
export const acl: Codec<Acl> = record({ permissions: int, id });

export const requestHeader = record({ xid: int, operation: int });
export const replyHeader = record({ xid: int, zxid: long, error: int });
export const watcherEvent = record({ type: int, state: int, path: string });

export interface ConnectRequest {
  protocolVersion: number;
  lastZxidSeen: bigint;
  timeoutMs: number;
  sessionId: bigint;
  password: Uint8Array | null;
  isReadOnlyAllowed: boolean;
}

/** What clients older than 3.4 send. */
export const connectRequestStart = record({
  protocolVersion: int,
  lastZxidSeen: long,
  timeoutMs: int,
  sessionId: long,
  password: buffer,
});

export const connectRequest: Codec<ConnectRequest> = record({
  protocolVersion: int,
  lastZxidSeen: long,
  timeoutMs: int,
  sessionId: long,
  password: buffer,
  isReadOnlyAllowed: boolean,
});

/** What clients older than 3.4 are answered. */
export const connectResponseStart = record({
  protocolVersion: int,
  timeoutMs: int,
  sessionId: long,
  password: buffer,
});

export type ConnectResponse = ValueOf<typeof connectResponseStart> & { isReadOnly: boolean };

export const connectResponse: Codec<ConnectResponse> = {
  write(writer, value) {
    connectResponseStart.write(writer, value);
    writer.writeBoolean(value.isReadOnly);
  },
  // A server answers without the last byte if it is older than 3.4 or was asked without it.
  read(reader) {
    const start = connectResponseStart.read(reader);
    return { ...start, isReadOnly: reader.remaining > 0 && reader.readBoolean() };
  },
};

export const createRequest = record({ path: string, data: buffer, acl: vector(acl), flags: int });
export const createTtlRequest = record({
  path: string,
  data: buffer,
  acl: vector(acl),
  flags: int,
  ttlMs: long,
});
export const pathRequest = record({ path: string });
export const pathVersionRequest = record({ path: string, version: int });
export const pathWatchRequest = record({ path: string, watch: boolean });
export const setDataRequest = record({ path: string, data: buffer, version: int });
export const setAclRequest = record({ path: string, acl: vector(acl), version: int });
export const reconfigRequest = record({
  joining: nullableString,
  leaving: nullableString,
  newMembers: nullableString,
  configId: long,
});
export const watchesRequest = record({ path: string, type: int });
export const addWatchRequest = record({ path: string, mode: int });
export const authRequest = record({ type: int, scheme: string, credentials: buffer });
export const setWatchesRequest = record({
  relativeZxid: long,
  data: vector(string),
  exist: vector(string),
  child: vector(string),
});
export const setWatches2Request = record({
  relativeZxid: long,
  data: vector(string),
  exist: vector(string),
  child: vector(string),
  persistent: vector(string),
  persistentRecursive: vector(string),
});
export const saslToken = record({ token: buffer });

export const createResponse = record({ path: string });
export const create2Response = record({ path: string, stat });
export const statResponse = record({ stat });
export const dataResponse = record({ data: buffer, stat });
export const aclResponse = record({ acl: vector(acl), stat });
export const childrenResponse = record({ children: vector(string) });
export const children2Response = record({ children: vector(string), stat });
export const ephemeralsResponse = record({ paths: vector(string) });
export const childrenNumberResponse = record({ count: int });
export const errorResponse = record({ error: int });
export const whoAmIResponse = record({ clients: vector(record({ scheme: string, user: string })) });
