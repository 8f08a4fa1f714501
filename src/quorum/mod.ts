/** A ZooKeeper server in one process, for one host: no quorum, no observers, a single fault domain. */
export { QuorumServer, type ServerOptions } from "./server/server.ts";
export { DEFAULT_SETTINGS, type ServerSettings } from "./server/settings.ts";
export { ListenError } from "./server/listeners.ts";
