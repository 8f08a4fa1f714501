import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { NodeStatus } from "../../../src/http/status.ts";
import { freePorts } from "../../support/ports.ts";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { StateCluster } from "../daemon/state_cluster.ts";
import { LoadBalancer, type LoadBalancerOptions } from "./load_balancer.ts";

const PROGRAM = fileURLToPath(new URL("leader_program.ts", import.meta.url));

/** Two masters, what their leader runs, and the load balancer before them. */
export class BalancedCluster implements AsyncDisposable {
  readonly cluster: StateCluster;
  #balancer: LoadBalancer | undefined;
  readonly #masters = new Map<number, TestProcess>();

  /** The first of the masters leads. */
  static async start(options: LoadBalancerOptions = {}): Promise<BalancedCluster> {
    await using stack = new AsyncDisposableStack();
    const commands = freePorts(2) as [number, number];
    const cluster = stack.use(await StateCluster.create());
    await Deno.writeTextFile(
      `${cluster.home.homeDir}/conf/flink-conf.yaml`,
      `masterd.jobmanager.command: ${programOf(cluster.ports, commands)}\n`,
      { append: true },
    );
    const balanced = new BalancedCluster(cluster);
    const [first, second] = cluster.ports;
    await balanced.startMaster(first);
    await balanced.leader();
    await balanced.startMaster(second);
    const backends = { masters: cluster.ports, commands };
    balanced.#balancer = stack.use(await LoadBalancer.start(backends, options));
    stack.move();
    return balanced;
  }

  private constructor(cluster: StateCluster) {
    this.cluster = cluster;
  }

  get balancer(): LoadBalancer {
    return this.#balancer!;
  }

  /** Starts a master, and waits until it leads or could. */
  async startMaster(port: number): Promise<void> {
    this.#masters.set(port, this.cluster.master(port));
    await this.cluster.untilStatus(port, ({ role }) => role === "standby" || role === "leader");
  }

  async killMaster(port: number): Promise<void> {
    await this.#masters.get(port)!.kill();
  }

  freezeMaster(port: number): void {
    this.#masters.get(port)!.signal("SIGSTOP");
  }

  /** Lets a frozen master go on, and waits until it knows that it leads no more. */
  async thawMaster(port: number): Promise<void> {
    this.#masters.get(port)!.signal("SIGCONT");
    await this.cluster.untilStatus(port, ({ role }) => role === "standby");
  }

  async switchOver(): Promise<void> {
    const { code, text } = await this.cluster.home.run("switchover");
    assert.equal(code, 0, text);
  }

  /** The status of the master that says that it leads. */
  leader(): Promise<NodeStatus> {
    const ask = async () => {
      const asked = this.cluster.ports.map((port) => this.cluster.status(port).catch(() => {}));
      return (await Promise.all(asked)).find((status) => status?.role === "leader");
    };
    return until(ask, (status) => status !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#balancer?.[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }
}

/** The words of the program that listens on another port for each master. */
function programOf(masters: readonly number[], commands: readonly number[]): string {
  const ports = masters.map((port, index) => `${port}=${commands[index]}`);
  const words = ["run", "--quiet", "--allow-net", "--allow-env", PROGRAM, ...ports];
  return JSON.stringify([Deno.execPath(), ...words]);
}
