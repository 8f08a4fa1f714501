import { ChronicleFile } from "../faults/chronicle_file.ts";
import { RecorderClock } from "../faults/clock.ts";
import type { Reign } from "../faults/chronicle.ts";
import { until } from "../support/until.ts";
import type { Host, Outcome } from "./host.ts";
import { install, quoted } from "./installation.ts";
import { Network } from "./network.ts";

const RECORDER = new URL("../faults/recorder.pl", import.meta.url).pathname;
/** A recorder that has been silent for so long is not at work. */
const FRESH_MS = 500;
const TICK_MS = 500;
const WHOLE_LIMIT_S = 40;
const TAKEOVER_LIMIT_MS = 30_000;

export interface ClusterOptions {
  /** The folder of the installation, on each host. */
  home?: string;
  sessionTimeoutMs?: number;
  /** Lines of conf/masters and conf/workers. */
  masters: readonly string[];
  workers: readonly string[];
  /** Hosts of the ZooKeeper servers 1, 2, and so on, as zoo.cfg writes them. */
  servers: readonly string[];
  /** Clusters of one ZooKeeper differ in it. */
  clusterId?: string;
  /** Further lines of flink-conf.yaml. */
  conf?: string;
}

/** One cluster on the hosts of a network, and what its leaders' commands wrote down. */
export class Cluster {
  readonly network: Network;
  readonly home: string;
  readonly conf: Record<string, string>;
  readonly #file: ChronicleFile;
  readonly #clock: RecorderClock;

  /** Writes the configuration; starts nothing and installs nothing. */
  static async prepare(network: Network, options: ClusterOptions): Promise<Cluster> {
    return new Cluster(network, options, await RecorderClock.calibrate());
  }

  private constructor(network: Network, options: ClusterOptions, clock: RecorderClock) {
    this.network = network;
    this.home = options.home ?? "/opt/master daemon";
    const record = `${network.shared}/record${this.home.replaceAll("/", "-")}`;
    this.conf = {
      "flink-conf.yaml": configuration(network, record, options),
      "masters": lines(options.masters),
      "workers": lines(options.workers),
      "zoo.cfg": zooCfg(options.servers),
    };
    this.#file = new ChronicleFile(record);
    this.#clock = clock;
  }

  get chronicle(): ReturnType<ChronicleFile["read"]> {
    return this.#file.read();
  }

  /** The reign whose command is at work; undefined while none is. */
  get reign(): Reign | undefined {
    const newest = this.chronicle.reigns.at(-1);
    return newest && this.#clock.now() - newest.lastMs < FRESH_MS ? newest : undefined;
  }

  /** Puts the installation on hosts without the help of its scripts. */
  async install(hosts: readonly Host[]): Promise<void> {
    await Promise.all(hosts.map((host) => install(host, this.home, this)));
  }

  /** Runs a command line in the folder of the installation. */
  run(host: Host, command: string, options?: { limitS?: number }): Promise<Outcome> {
    return host.run(`cd ${quoted(this.home)} || exit\n${command}`, options);
  }

  /** The host whose master leads, as `masterd status` on another host tells. */
  async leaderHost(operator: Host): Promise<Host> {
    const roles = () => this.run(operator, "./masterd status --roles");
    const isLeader = (line: string) => line.endsWith("\tleader");
    const { lines } = await until(roles, (outcome) => outcome.lines.some(isLeader));
    const [name] = lines.find(isLeader)!.split("\t");
    return this.network.hosts.find((host) => [host.name, ...host.addresses].includes(name!))!;
  }

  /** Waits until each ZooKeeper server, master and worker of the configuration serves. */
  async whole(operator: Host): Promise<void> {
    const servers = () => this.run(operator, "./masterd quorum-status");
    const isWhole = ({ lines }: Outcome) => !/unreachable|not serving/.test(lines.join("\n"));
    await until(servers, isWhole, { limitMs: WHOLE_LIMIT_S * 1000, intervalMs: 500 });
    const { code, errors } = await this.run(
      operator,
      `bin/cluster-status.sh --wait ${WHOLE_LIMIT_S}`,
    );
    if (code !== 0) throw new Error(`The cluster is not whole after ${WHOLE_LIMIT_S} s: ${errors}`);
  }

  /** What runs on a host, and what its scripts have noted of it. */
  async leftOn(host: Host): Promise<string[]> {
    const { lines } = await host.run(`ls -A ${quoted(`${this.home}/run`)}`);
    return [...host.processes().values(), ...lines];
  }

  /** Forgets what was before, so that what comes is judged by itself. */
  startAnew(): void {
    this.#file.startAnew();
  }

  /** Waits for the first reign after that of an epoch. */
  async reignAfter(epoch: bigint): Promise<Reign> {
    const read = () => this.chronicle.reigns.find((reign) => reign.epoch > epoch);
    return await until(read, (found) => found !== undefined, { limitMs: TAKEOVER_LIMIT_MS });
  }

  /** Waits until a command is at work. */
  async leads(): Promise<Reign> {
    return await until(() => this.reign, (reign) => reign !== undefined, {
      limitMs: TAKEOVER_LIMIT_MS,
    });
  }
}

function configuration(
  { shared }: Network,
  record: string,
  { sessionTimeoutMs = 4000, servers, clusterId = "/cluster", conf = "" }: ClusterOptions,
): string {
  return `high-availability: zookeeper
high-availability.zookeeper.quorum: ${servers.map((host) => `${host}:2181`).join(",")}
high-availability.zookeeper.client.session-timeout: ${sessionTimeoutMs} ms
masterd.zookeeper.tick-time: ${TICK_MS} ms
high-availability.cluster-id: ${clusterId}
high-availability.storageDir: ${shared}/storage
masterd.jobmanager.command: ${JSON.stringify(["perl", RECORDER, record])}
${conf}`;
}

function zooCfg(servers: readonly string[]): string {
  const members = servers.map((host, index) => `server.${index + 1}=${host}:2888:3888`);
  return lines([
    `tickTime=${TICK_MS}`,
    "initLimit=20",
    "syncLimit=4",
    "clientPort=2181",
    "admin.enableServer=false",
    "4lw.commands.whitelist=srvr,ruok",
    "forceSync=no",
    "preAllocSize=1024",
    ...members,
  ]);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
