import { freePorts } from "../support/ports.ts";
import { ZooKeeperEnsemble } from "../support/zookeeper_ensemble.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import type { TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";

const WHOLE_LIMIT_MS = 60_000;
/** In ticks: how long a new leader waits for followers. */
const LINKED_INIT_LIMIT = 3;

/** The ZooKeeper that a cluster under test relies on: one server, or several that form a quorum. */
export interface Quorum extends AsyncDisposable {
  readonly servers: readonly ZooKeeperServer[];
  /** The server that leads the others; waits while none does. */
  leader(): Promise<ZooKeeperServer>;
  /** Waits until every server serves. */
  whole(): Promise<void>;
  /** The connection over which a server follows another; undefined where no server follows. */
  link?(follower: ZooKeeperServer, leader: ZooKeeperServer): TcpProxy;
}

export interface QuorumOptions {
  servers: number;
  tickTimeMs: number;
  /** Whether what the servers say to each other passes through proxies. */
  hasLinks: boolean;
}

/** Starts one server, or an ensemble of several. */
export async function startQuorum(options: QuorumOptions): Promise<Quorum> {
  const { servers: size, tickTimeMs, hasLinks } = options;
  if (size === 1) return new SingleServer(await ZooKeeperServer.start({ tickTimeMs }));
  // A proxy takes the connection of a follower whose leader does not listen yet, and hangs up, where
  // a server would refuse it: the follower then turns away, and the leader waits for it in vain.
  const settings = hasLinks ? { initLimit: LINKED_INIT_LIMIT } : directMembers(size);
  return new EnsembleQuorum(await ZooKeeperEnsemble.start({ size, tickTimeMs, settings }));
}

function directMembers(size: number): Record<string, string> {
  const lines = Array.from({ length: size }, (_, index) => {
    const [peerPort, electionPort] = freePorts(2);
    return [`server.${index + 1}`, `127.0.0.1:${peerPort}:${electionPort}`];
  });
  return Object.fromEntries(lines);
}

class SingleServer implements Quorum {
  readonly servers: readonly [ZooKeeperServer];

  constructor(server: ZooKeeperServer) {
    this.servers = [server];
  }

  leader(): Promise<ZooKeeperServer> {
    return Promise.resolve(this.servers[0]);
  }

  // Its start and restart return only once it serves.
  async whole(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.servers[0][Symbol.asyncDispose]();
  }
}

class EnsembleQuorum implements Quorum {
  readonly #ensemble: ZooKeeperEnsemble;

  constructor(ensemble: ZooKeeperEnsemble) {
    this.#ensemble = ensemble;
  }

  get servers(): readonly ZooKeeperServer[] {
    return this.#ensemble.servers;
  }

  leader(): Promise<ZooKeeperServer> {
    return this.#ensemble.leader();
  }

  async whole(): Promise<void> {
    await until(
      () => this.#ensemble.followers(),
      (followers) => followers.length === this.servers.length - 1,
      { limitMs: WHOLE_LIMIT_MS },
    );
  }

  link(follower: ZooKeeperServer, leader: ZooKeeperServer): TcpProxy {
    return this.#ensemble.link(follower, leader);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ensemble[Symbol.asyncDispose]();
  }
}
