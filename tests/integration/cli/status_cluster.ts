import { call } from "../../../src/http/call.ts";
import type { ClusterDocument } from "../../../src/http/cluster_document.ts";
import { freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";

/** What `masterd status` did. */
export interface StatusRun {
  code: number;
  out: string[];
  errors: string[];
}

/** As much of the JSON as tests look at. */
export interface StatusJson {
  isWell: boolean;
  leader: { host: string; port: number; epoch: string; isAnswering: boolean } | null;
  masters: {
    host: string;
    port: number | null;
    role: string;
    epoch: string | null;
    pid?: number;
    isListed: boolean;
    isRegistered: boolean;
    remark: string | null;
  }[];
  workers: { hosts: { host: string; expected: number; registered: number }[] } | null;
  problems: { kind: string; message: string }[];
}

/** A ZooKeeper server, and a cluster of two masters and a worker that can be started. */
export class StatusCluster implements AsyncDisposable {
  readonly server: ZooKeeperServer;
  readonly home: MasterdHome;
  readonly ports: readonly [number, number];

  static async create(
    options: {
      conf?: string;
      masters?: (ports: readonly [number, number]) => string;
      /** So short that the dead are soon gone, unless told. */
      sessionTimeout?: string;
    } = {},
  ): Promise<StatusCluster> {
    const server = await ZooKeeperServer.start({ tickTimeMs: 500 });
    const ports = freePorts(2) as [number, number];
    const masters = options.masters?.(ports) ??
      ports.map((port) => `localhost:${port}\n`).join("");
    const home = await MasterdHome.create({
      "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.zookeeper.client.session-timeout: ${options.sessionTimeout ?? "2 s"}
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
env.pid.dir: run
heartbeat.interval: 100 ms
heartbeat.timeout: 1 s
cluster.registration.error-delay: 50 ms
jobmanager.bind-host: localhost
rest.bind-address: localhost
${options.conf ?? ""}`,
      "conf/masters": masters,
      "conf/workers": "localhost\n",
    });
    return new StatusCluster(server, home, ports);
  }

  private constructor(
    server: ZooKeeperServer,
    home: MasterdHome,
    ports: readonly [number, number],
  ) {
    this.server = server;
    this.home = home;
    this.ports = ports;
  }

  /** The masters' names, `localhost:8081`. */
  get names(): [string, string] {
    const [first, second] = this.ports;
    return [`localhost:${first}`, `localhost:${second}`];
  }

  master(port: number): TestProcess {
    return this.home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  }

  worker(): TestProcess {
    return this.home.start("taskmanager");
  }

  /** Starts all of it; the first master leads, and the second could take over. */
  async start(): Promise<{ leader: TestProcess; standby: TestProcess; worker: TestProcess }> {
    const leader = this.master(this.ports[0]);
    await leader.waitForLine((line) => line.includes("leader address published"));
    const standby = this.master(this.ports[1]);
    const worker = this.worker();
    const isQueued = ({ masters }: ClusterDocument) =>
      masters.length === 2 && masters.every((one) => one.isRegistered && one.place !== null);
    await until(() => this.document(this.ports[0]), isQueued);
    return { leader, standby, worker };
  }

  /** What a master says of the cluster. */
  async document(port: number): Promise<ClusterDocument> {
    const { signal } = new AbortController();
    const url = `http://localhost:${port}/api/v1/cluster`;
    return (await call(url, { method: "GET", signal })).body as ClusterDocument;
  }

  begin(...args: string[]): TestProcess {
    return this.home.start("status", ...args);
  }

  async status(...args: string[]): Promise<StatusRun> {
    const process = this.begin(...args);
    const { code } = await process.ends();
    const from = (stream: "stdout" | "stderr") =>
      process.lines.filter((line) => line.from === stream).map(({ text }) => text);
    return { code, out: from("stdout"), errors: from("stderr") };
  }

  async json(...args: string[]): Promise<StatusJson & { code: number }> {
    const { code, out, errors } = await this.status("--json", ...args);
    if (out.length !== 1) throw new Error(`No JSON: ${[...out, ...errors].join("\n")}`);
    return { code, ...JSON.parse(out[0]!) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.home[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
