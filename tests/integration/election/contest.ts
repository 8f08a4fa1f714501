import { connect, isZkError, joinPath, type ZooKeeper } from "zookeeper";
import { campaign } from "../../../src/election/campaign.ts";
import { Heartbeat } from "../../../src/election/heartbeat.ts";
import { latchQueue } from "../../../src/election/latch_order.ts";
import { type ElectionLayout, electionLayout } from "../../../src/election/layout.ts";
import type { Leadership } from "../../../src/election/leadership.ts";
import { createLogger, type Logger } from "../../../src/log/logger.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";

export const layout = electionLayout("/flink/cluster_one");

/** Where a leader of these tests can be reached. */
export const ADDRESS = { host: "localhost", webuiPort: 8081, rpcPort: 50010 };

const SESSION_TIMEOUT_MS = 4000;

/** The tick of the servers of these tests. */
const TICK_TIME_MS = 500;

/** No test of this folder may take longer. */
export const LIMIT_MS = 60_000;

/** An election on a server of its own, and a session that looks at it from outside. */
export class Contest implements AsyncDisposable {
  readonly server: ZooKeeperServer;
  readonly observer: ZooKeeper;

  static async start(): Promise<Contest> {
    const server = await ZooKeeperServer.start();
    const observer = await openSession(server.address);
    await observer.createPath(layout.latch);
    return new Contest(server, observer);
  }

  private constructor(server: ZooKeeperServer, observer: ZooKeeper) {
    this.server = server;
    this.observer = observer;
  }

  /** A candidate with a session of its own, through another address (a proxy) if one is given. */
  async candidate(
    participant: string,
    options: { address?: string; sessionTimeoutMs?: number } = {},
  ): Promise<Candidate> {
    const { address = this.server.address, sessionTimeoutMs } = options;
    return new Candidate(participant, await openSession(address, { sessionTimeoutMs }));
  }

  /** Names of the contenders' nodes, in their order. */
  async nodes(): Promise<readonly string[]> {
    return latchQueue((await this.observer.getChildren(layout.latch)).children).contenders;
  }

  /** The participants, in the order in which they lead. */
  async queue(): Promise<string[]> {
    const nodes = await this.nodes();
    const reads = nodes.map((name) => this.observer.getData(joinPath(layout.latch, name)));
    return (await Promise.all(reads)).map(({ data }) => new TextDecoder().decode(data));
  }

  /** Waits until exactly these stand in the queue, in this order. */
  async queued(...participants: string[]): Promise<void> {
    await until(() => this.queue(), (queue) => String(queue) === String(participants));
  }

  /** Deletes the node of a participant, as an operator would. */
  async deleteNode(participant: string): Promise<void> {
    await this.observer.delete(await this.pathOf(participant));
  }

  async pathOf(participant: string): Promise<string> {
    const index = (await this.queue()).indexOf(participant);
    const name = (await this.nodes())[index];
    if (name === undefined) throw new Error(`${participant} has no node`);
    return joinPath(layout.latch, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer.close();
    await this.server[Symbol.asyncDispose]();
  }
}

/** A participant with its session and its log. */
export class Candidate implements AsyncDisposable {
  readonly participant: string;
  readonly zk: ZooKeeper;
  readonly log: string[] = [];
  readonly logger: Logger = createLogger("test", { write: (line) => this.log.push(line) });
  readonly heartbeat: Heartbeat;
  readonly #candidacy: {
    layout: ElectionLayout;
    participant: string;
    version: string;
    logger: Logger;
  };

  constructor(
    participant: string,
    zk: ZooKeeper,
    { tickTimeMs = TICK_TIME_MS }: { tickTimeMs?: number } = {},
  ) {
    this.participant = participant;
    this.zk = zk;
    this.#candidacy = { layout, participant, version: "0.0.0", logger: this.logger };
    this.heartbeat = new Heartbeat(zk, { ...this.#candidacy, tickTimeMs });
  }

  campaign(
    signal: AbortSignal = AbortSignal.timeout(LIMIT_MS),
    options: { tolerateSuspendedConnections?: boolean } = {},
  ): Promise<Leadership> {
    const { heartbeat } = this;
    return campaign(this.zk, { ...this.#candidacy, heartbeat, signal, ...options });
  }

  /** Wins leadership and publishes it. */
  async lead(): Promise<Leadership> {
    const leadership = await this.campaign();
    await leadership.publish(ADDRESS, { signal: AbortSignal.timeout(LIMIT_MS) });
    return leadership;
  }

  /** How many log lines match. */
  logged(pattern: RegExp): number {
    return this.log.filter((line) => pattern.test(line)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.heartbeat[Symbol.asyncDispose]();
    await this.zk.close({ limitMs: 500 });
  }
}

export function openSession(
  address: string,
  { sessionTimeoutMs = SESSION_TIMEOUT_MS }: { sessionTimeoutMs?: number } = {},
): Promise<ZooKeeper> {
  return connect(address, {
    sessionTimeoutMs,
    closeTimeoutMs: 500,
    signal: AbortSignal.timeout(20_000),
  });
}

/** Resolves with the reason once leadership is lost; rejects if it is not within the limit. */
export async function loss(leadership: Leadership, limitMs?: number): Promise<Error> {
  await until(() => leadership.lost.aborted, Boolean, { intervalMs: 1, limitMs });
  return leadership.lost.reason;
}

/** Deletes a node and all below it. */
export async function deleteAll(zk: ZooKeeper, path: string): Promise<void> {
  const { children } = await zk.getChildren(path);
  await Promise.all(children.map((name) =>
    zk.delete(joinPath(path, name)).catch((error) => {
      if (!isZkError(error, "NoNode")) throw error;
    })
  ));
  await zk.delete(path);
}

/**
 * What the promise rejects with, or undefined if it does not: for one that is awaited only after
 * other things have been asserted, whose failure it must not hide.
 */
export function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error) => error);
}
