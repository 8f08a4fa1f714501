/**
 * A client for Apache ZooKeeper 3.5 and newer, over plain TCP or a socket of your own.
 *
 * ```ts
 * import { connect } from "zookeeper";
 *
 * const signal = AbortSignal.timeout(10_000);
 * await using zk = await connect("127.0.0.1:2181", { sessionTimeoutMs: 10_000, signal });
 * await zk.create("/greeting", new TextEncoder().encode("hello"), { mode: "ephemeral", signal });
 * ```
 *
 * It does not talk to read-only servers: what they say may be old.
 * @module
 */
export { CREATOR_ACL, OPEN_ACL, READ_ACL } from "./acls.ts";
export {
  type Authentication,
  type AuthenticationChannel,
  digestAuthentication,
  schemeAuthentication,
} from "./authentication.ts";
export { connect, ZooKeeper } from "./client.ts";
export type {
  CallOptions,
  ClientOptions,
  CreateOptions,
  NodeData,
  ReadOptions,
  VersionOptions,
} from "./client_options.ts";
export {
  type ConnectString,
  DEFAULT_PORT,
  formatServer,
  parseConnectString,
  type Server,
} from "./connect_string.ts";
export { InvalidArgumentError, isZkError, ZkError, type ZkErrorCode } from "./errors.ts";
export { joinPath, parentPath, validatePath } from "./paths.ts";
export { untilAnswered } from "./retry.ts";
export type { SessionCredentials, SessionEvent } from "./session_options.ts";
export { type Connected, type FinalState, isFinal, type SessionState } from "./session_state.ts";
export {
  type CreateMode,
  type StepResult,
  TransactionError,
  type TransactionStep,
} from "./transaction.ts";
export {
  type OpenSocket,
  openTcpSocket,
  type ResolveHost,
  resolveHost,
  type Socket,
} from "./transport.ts";
export { WakeUp } from "./wake_up.ts";
export { readWatched } from "./watched_node.ts";
export type { Watcher, WatchEvent } from "./watches.ts";
export {
  AddWatchMode,
  CreateFlag,
  ErrorCode,
  type ErrorName,
  Permission,
  WatcherType,
} from "./wire/constants.ts";
export type { Acl, Id, Stat } from "./wire/records.ts";
