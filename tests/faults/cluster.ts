import { connect } from "zookeeper";
import { freePorts } from "../support/ports.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";
import type { Chronicle, Life, Reign } from "./chronicle.ts";
import { ChronicleFile } from "./chronicle_file.ts";
import type { RecorderClock } from "./clock.ts";
import { Master } from "./master.ts";
import { signalProcess } from "./process_tree.ts";
import { type Quorum, startQuorum } from "./quorum.ts";
import { type LeaderAnswer, staleAnswers } from "./status_answers.ts";
import { StatusWatch } from "./status_watch.ts";

const RECORDER = new URL("recorder.pl", import.meta.url).pathname;
const SETTLED_LIMIT_MS = 60_000;
/** Of the cluster, by which those outside of it may use the state. */
const TOKEN = "a-token-of-the-whole-cluster";
/** A recorder that has been silent for so long is not at work; it beats every few milliseconds. */
const FRESH_MS = 250;

export interface ClusterOptions {
  /** The words that start masterd. */
  program: readonly string[];
  sessionTimeoutMs: number;
  /** How many ZooKeeper servers, and how many masters. */
  servers: number;
  masters: number;
  clock: RecorderClock;
  /** Whether what the servers say to each other can be broken too. */
  hasQuorumLinks?: boolean;
  /** Further words for the recorder: `stubborn=500`, `stray`. */
  recorder?: readonly string[];
  /** Further lines of flink-conf.yaml. */
  conf?: string;
}

interface ClusterParts {
  folder: string;
  quorum: Quorum;
  masters: readonly Master[];
  file: ChronicleFile;
}

interface Settled {
  kind: "settled";
  leader: Master;
  reign: Reign;
}

type Situation =
  | Settled
  | { kind: "unsettled"; masters: string[]; atWork: Life[] };

/** Several masters with one recorder as their leader-only command, on a ZooKeeper of their own. */
export class Cluster implements AsyncDisposable {
  readonly options: ClusterOptions;
  readonly folder: string;
  readonly quorum: Quorum;
  readonly masters: readonly Master[];
  readonly #file: ChronicleFile;
  readonly #watch: StatusWatch;
  #keepsFiles = false;

  /** Starts all of it and waits until one master leads and the others stand by. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const quorum = await startQuorum({
      servers: options.servers,
      tickTimeMs: tickTimeMs(options.sessionTimeoutMs),
      hasLinks: options.hasQuorumLinks ?? false,
    });
    const folder = await Deno.makeTempDir({ prefix: "masterd_faults_" });
    await Deno.writeTextFile(`${folder}/token`, TOKEN, { mode: 0o600 });
    const ports = freePorts(options.masters);
    const file = new ChronicleFile(`${folder}/record`);
    const masters = ports.map((port, index) =>
      startMaster(`master-${index + 1}`, port, { ...options, quorum, folder, ports })
    );
    const cluster = new Cluster(options, { folder, quorum, masters, file });
    try {
      await cluster.settled();
    } catch (cause) {
      cluster.keepFiles();
      await cluster[Symbol.asyncDispose]();
      throw new Error(`No leader in a new cluster; its logs stay in ${folder}`, { cause });
    }
    return cluster;
  }

  private constructor(options: ClusterOptions, parts: ClusterParts) {
    this.options = options;
    this.folder = parts.folder;
    this.quorum = parts.quorum;
    this.masters = parts.masters;
    this.#file = parts.file;
    this.#watch = new StatusWatch(parts.masters, options.clock);
  }

  /** What callers of the state show. */
  get token(): string {
    return TOKEN;
  }

  /** Where the blobs of the state lie, below folders of their own. */
  get storageFolder(): string {
    return `${this.folder}/storage/faults`;
  }

  /** All ZooKeeper servers, past the masters' own ways to them. */
  get address(): string {
    return this.quorum.servers.map((server) => server.address).join(",");
  }

  get tickTimeMs(): number {
    return tickTimeMs(this.options.sessionTimeoutMs);
  }

  /** How long it may take at most until another leads when nobody helps. */
  get takeoverLimitMs(): number {
    return this.options.sessionTimeoutMs + this.tickTimeMs + 2000;
  }

  get chronicle(): Chronicle {
    return this.#file.read();
  }

  /** Who called themselves leaders when another already was. */
  get staleAnswers(): readonly LeaderAnswer[] {
    return staleAnswers(this.#watch.answers, this.chronicle.reigns);
  }

  /** The reign whose command is at work; undefined while none is. */
  get reign(): Reign | undefined {
    const newest = this.chronicle.reigns.at(-1);
    return newest && this.#isFresh(newest) ? newest : undefined;
  }

  /** Waits until all is as it should be, and forgets what was before: a run is judged by itself. */
  async startAnew(): Promise<{ leader: Master; reign: Reign }> {
    const settled = await this.settled();
    this.#file.startAnew();
    this.#watch.startAnew();
    await this.untilReign(SETTLED_LIMIT_MS);
    return settled;
  }

  /** Leaves records and logs behind. */
  keepFiles(): void {
    this.#keepsFiles = true;
  }

  /** Waits until ZooKeeper begins sessions, which takes a quorum. */
  async untilZooKeeperServes(): Promise<void> {
    const signal = AbortSignal.timeout(SETTLED_LIMIT_MS);
    await using _zk = await connect(this.address, { signal });
  }

  /** Waits until one master leads, with its command at work, and all the others stand by. */
  async settled(): Promise<{ leader: Master; reign: Reign }> {
    const isSettled = (situation: Situation): situation is Settled => situation.kind === "settled";
    return await until(() => this.#situation(), isSettled, { limitMs: SETTLED_LIMIT_MS });
  }

  /** Waits for the first reign after that of an epoch. */
  async reignAfter(epoch: bigint, options: { limitMs?: number } = {}): Promise<Reign> {
    const { limitMs = SETTLED_LIMIT_MS } = options;
    const read = () => this.chronicle.reigns.find((reign) => reign.epoch > epoch);
    return await until(read, (found) => found !== undefined, { limitMs, intervalMs: 5 });
  }

  /** Waits until a command is at work; how long that took. */
  async untilReign(limitMs: number): Promise<number> {
    const startMs = performance.now();
    await until(() => this.reign, (reign) => reign !== undefined, { limitMs });
    return performance.now() - startMs;
  }

  /** Waits until no command of this epoch is at work. */
  async untilOver(epoch: bigint): Promise<void> {
    await until(() => this.#atWork(), (lives) => lives.every((life) => life.epoch !== epoch));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
    await Promise.all(this.masters.map((master) => master.setLinks("pass")));
    await Promise.all(this.masters.map((master) => master[Symbol.asyncDispose]()));
    // A failed run may have left commands that nobody minds.
    for (const { pid } of this.#atWork()) signalProcess(pid, "SIGKILL");
    const links = this.masters.flatMap((master) => master.links);
    await Promise.all(links.map((link) => link[Symbol.asyncDispose]()));
    await this.quorum[Symbol.asyncDispose]();
    if (!this.#keepsFiles) await Deno.remove(this.folder, { recursive: true });
  }

  #atWork(): Life[] {
    return this.chronicle.lives.filter((life) => this.#isFresh(life));
  }

  #isFresh({ lastMs }: { lastMs: number }): boolean {
    return this.options.clock.now() - lastMs < FRESH_MS;
  }

  async #situation(): Promise<Situation> {
    const statuses = await Promise.all(this.masters.map((master) => master.status()));
    const told = statuses.map(({ role, connection }) => `${role}, ${connection.kind}`);
    const { reign } = this;
    const index = statuses.findIndex(({ leader }) =>
      leader?.own && leader.epoch === String(reign?.epoch)
    );
    const isStandby = (text: string) => text === "standby, connected";
    const others = told.filter((_, other) => other !== index);
    if (reign && index >= 0 && others.every(isStandby)) {
      return { kind: "settled", leader: this.masters[index]!, reign };
    }
    return { kind: "unsettled", masters: told, atWork: this.#atWork() };
  }
}

// A server grants sessions of 2 to 20 ticks; its own default is a tick of two seconds.
function tickTimeMs(sessionTimeoutMs: number): number {
  return Math.min(2000, sessionTimeoutMs / 4);
}

function startMaster(
  name: string,
  webuiPort: number,
  options: ClusterOptions & { quorum: Quorum; folder: string; ports: readonly number[] },
): Master {
  const { program, clock, quorum, folder, ports } = options;
  const links = quorum.servers.map((server) => TcpProxy.start({ target: server.address }));
  const homeDir = `${folder}/${name}`;
  Deno.mkdirSync(`${homeDir}/conf`, { recursive: true });
  const masters = ports.map((port) => `localhost:${port}\n`).join("");
  Deno.writeTextFileSync(`${homeDir}/conf/masters`, masters);
  Deno.writeTextFileSync(`${homeDir}/conf/flink-conf.yaml`, configuration(links, options));
  return Master.start({ name, program, homeDir, webuiPort, links, clock });
}

function configuration(
  links: readonly TcpProxy[],
  { sessionTimeoutMs, folder, recorder = [], conf = "" }: ClusterOptions & { folder: string },
): string {
  const command = JSON.stringify(["perl", RECORDER, `${folder}/record`, ...recorder]);
  return `high-availability: zookeeper
high-availability.zookeeper.quorum: ${links.map((link) => link.address).join(",")}
high-availability.zookeeper.client.session-timeout: ${sessionTimeoutMs} ms
masterd.zookeeper.tick-time: ${tickTimeMs(sessionTimeoutMs)} ms
high-availability.cluster-id: /faults
high-availability.storageDir: ${folder}/storage
masterd.token-file: ${folder}/token
jobmanager.bind-host: localhost
rest.bind-address: localhost
masterd.jobmanager.command: ${command}
${conf}`;
}
