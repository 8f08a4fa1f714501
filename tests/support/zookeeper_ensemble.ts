import { freePort } from "./ports.ts";
import { TcpProxy } from "./tcp_proxy.ts";
import { until } from "./until.ts";
import { ZooKeeperServer, type ZooKeeperServerOptions } from "./zookeeper_server.ts";

const ELECTION_LIMIT_MS = 30_000;
const LINK_PATIENCE_MS = 2000;

export interface ZooKeeperEnsembleOptions extends
  Pick<
    ZooKeeperServerOptions,
    "tickTimeMs" | "minSessionTimeoutMs" | "maxSessionTimeoutMs" | "settings"
  > {
  /** Three unless told. */
  size?: number;
}

interface Member {
  id: number;
  peerPort: number;
  electionPort: number;
}

/** Several real ZooKeeper servers that form one quorum. */
export class ZooKeeperEnsemble implements AsyncDisposable {
  readonly #links: Links;
  #servers: readonly ZooKeeperServer[] = [];

  /** Starts all servers and returns once every one of them serves requests. */
  static async start(options: ZooKeeperEnsembleOptions = {}): Promise<ZooKeeperEnsemble> {
    const { size = 3, ...rest } = options;
    const members = Array.from({ length: size }, (_, index) => newMember(index + 1));
    const ensemble = new ZooKeeperEnsemble(new Links(members));
    try {
      await ensemble.#launch(members, rest);
    } catch (error) {
      await ensemble[Symbol.asyncDispose]();
      throw error;
    }
    return ensemble;
  }

  private constructor(links: Links) {
    this.#links = links;
  }

  get servers(): readonly ZooKeeperServer[] {
    return this.#servers;
  }

  /** The connect string that names every server. */
  get address(): string {
    return this.servers.map((server) => server.address).join(",");
  }

  /** The server that leads; waits while there is none. */
  async leader(): Promise<ZooKeeperServer> {
    const [leader] = await until(
      () => this.#withMode("leader"),
      (leaders) => leaders.length === 1,
      { limitMs: ELECTION_LIMIT_MS },
    );
    return leader!;
  }

  /** The servers that follow, in the order of `servers`. */
  async followers(): Promise<ZooKeeperServer[]> {
    await this.leader();
    return await this.#withMode("follower");
  }

  /**
   * The connection over which one server follows the other, for breaking it. Elections among the
   * servers do not pass through it.
   */
  link(follower: ZooKeeperServer, leader: ZooKeeperServer): TcpProxy {
    return this.#links.between(
      this.servers.indexOf(follower) + 1,
      this.servers.indexOf(leader) + 1,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    await this.#links[Symbol.asyncDispose]();
  }

  async #launch(
    members: readonly Member[],
    options: Omit<ZooKeeperEnsembleOptions, "size">,
  ): Promise<void> {
    const launches = members.map((member) =>
      ZooKeeperServer.start({
        ...options,
        id: member.id,
        settings: {
          initLimit: 10,
          syncLimit: 5,
          ...this.#links.settingsFor(member),
          ...options.settings,
        },
      })
    );
    const results = await Promise.allSettled(launches);
    this.#servers = results.filter((result) => result.status === "fulfilled")
      .map((result) => result.value);
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }

  async #withMode(mode: "leader" | "follower"): Promise<ZooKeeperServer[]> {
    const answers = await Promise.all(
      this.servers.map((server) => server.fourLetterWord("srvr").catch(() => "")),
    );
    return this.servers.filter((_, index) => answers[index]!.includes(`Mode: ${mode}`));
  }
}

/** One proxy for each ordered pair of servers. */
class Links implements AsyncDisposable {
  readonly #members: readonly Member[];
  readonly #proxies = new Map<string, TcpProxy>();

  constructor(members: readonly Member[]) {
    this.#members = members;
    for (const from of members) {
      for (const to of members) {
        if (from === to) continue;
        // A follower that is accepted and cut off again starts another election, while the one it
        // has just elected waits seconds for it: as if it were refused, it is to come again.
        const target = `127.0.0.1:${to.peerPort}`;
        const proxy = TcpProxy.start({ target, patienceMs: LINK_PATIENCE_MS });
        this.#proxies.set(`${from.id}>${to.id}`, proxy);
      }
    }
  }

  between(from: number, to: number): TcpProxy {
    const proxy = this.#proxies.get(`${from}>${to}`);
    if (!proxy) throw new Error(`Cannot find a link from server ${from} to server ${to}`);
    return proxy;
  }

  /** The member lines of one server's zoo.cfg: itself directly, the others through its links. */
  settingsFor(member: Member): Record<string, string> {
    const lines = this.#members.map((other) => {
      const port = other === member ? other.peerPort : this.between(member.id, other.id).port;
      return [`server.${other.id}`, `127.0.0.1:${port}:${other.electionPort}`];
    });
    return Object.fromEntries(lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}

function newMember(id: number): Member {
  return { id, peerPort: freePort(), electionPort: freePort() };
}
