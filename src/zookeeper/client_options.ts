import type { Authentication } from "./authentication.ts";
import type { SessionCredentials, SessionEvent } from "./session_options.ts";
import type { CreateMode } from "./transaction.ts";
import type { OpenSocket, ResolveHost } from "./transport.ts";
import type { Watcher } from "./watches.ts";
import type { Acl, Stat } from "./wire/records.ts";

/** Ends a wait: the request may have been sent, and may still take effect. */
export interface CallOptions {
  /** Rejects with its reason. */
  signal?: AbortSignal;
}

/** A read that leaves a one-shot watch behind if it succeeds. */
export interface ReadOptions extends CallOptions {
  /** Told once of the next change. */
  watch?: Watcher;
}

/** A change that happens only at this version of the node; any, if left out. */
export interface VersionOptions extends CallOptions {
  /** The version that the node must have. */
  version?: number;
}

/** How to create a node. */
export interface CreateOptions extends CallOptions {
  /** "persistent" if left out. */
  mode?: CreateMode;
  /** Open to all, if left out. */
  acl?: readonly Acl[];
  /** Milliseconds without children or changes after which a node `…WithTtl` goes. */
  ttlMs?: number;
}

/** A node's bytes (none for a node without data) and what ZooKeeper knows of it. */
export interface NodeData {
  /** Empty for a node without data. */
  data: Uint8Array;
  /** Versions, times, owner. */
  stat: Stat;
}

/** How to open a session. Everything has a default. */
export interface ClientOptions {
  /** Time after which the server ends a silent session, as asked for; the server may clamp it. */
  sessionTimeoutMs?: number;
  /** Most time that one server has for TCP and its first answer. */
  connectTimeoutMs?: number;
  /** Proofs of identity, given on each connection in this order. */
  authentications?: readonly Authentication[];
  /** A session to take over instead of opening a new one. */
  credentials?: SessionCredentials;
  /** Largest request in bytes; a server closes the connection on more than its jute.maxbuffer. */
  maxRequestBytes?: number;
  /** Largest answer in bytes; the server does not limit its own. */
  maxResponseBytes?: number;
  /** How much time `await using` gives to telling the server that the session is over. */
  closeTimeoutMs?: number;
  /** Plain TCP, if left out. */
  openSocket?: OpenSocket;
  /** The system's resolver, if left out. */
  resolveHost?: ResolveHost;
  /** Told of what happens, for logs; must not throw. */
  onEvent?: (event: SessionEvent) => void;
}

/** What a session is opened with where nothing else is said. */
export const DEFAULTS = {
  sessionTimeoutMs: 30_000,
  connectTimeoutMs: 15_000,
  maxRequestBytes: 0xfffff,
  maxResponseBytes: 16 * 1024 * 1024,
  closeTimeoutMs: 2000,
} as const;
