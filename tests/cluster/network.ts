import { TestProcess } from "../support/process.ts";
import { Host } from "./host.ts";
import { makeIdentities } from "./identities.ts";
import { enter, unshare } from "./namespaces.ts";

/** Sends nothing on: no interface has this address. */
const NOBODY = "02:00:00:00:ff:ff";
// The input ends with the process that started this, whatever ended that; nobody else would remove its folder then.
const SWITCH = `trap '' INT TERM HUP
ip link add switch type bridge mcast_snooping 0 && ip link set switch up && echo ready
read -r _
for _ in 1 2 3 4 5 6 7 8 9; do rm -rf -- "$0" 2>/dev/null && exit; sleep 0.2; done`;

export interface NetworkOptions {
  /** How many hosts, named host1, host2 and so on. */
  hosts: number;
}

/** Hosts on a switch, in namespaces that share nothing with the machine's own network. */
export class Network implements AsyncDisposable {
  readonly folder: string;
  readonly #switch: TestProcess;
  #hosts: readonly Host[] = [];

  /** Starts all hosts and returns when each of them serves ssh. */
  static async start(options: NetworkOptions): Promise<Network> {
    const folder = await Deno.makeTempDir({ prefix: "masterd_cluster_" });
    // It is to outlive this process, if only to clean up.
    const args = ["--pdeathsig", "clear", ...unshare("--net"), "sh", "-c", SWITCH, folder];
    const network = new Network(folder, TestProcess.start("setpriv", { args }));
    try {
      await network.#switch.waitForLine((line) => line === "ready");
      await network.#startHosts(options.hosts);
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
    return network;
  }

  private constructor(folder: string, ownSwitch: TestProcess) {
    this.folder = folder;
    this.#switch = ownSwitch;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** By its number, from 1. */
  host(number: number): Host {
    const host = this.#hosts[number - 1];
    if (!host) throw new Error(`There is no host ${number}`);
    return host;
  }

  /** A folder that all hosts see under the same name, as by a network file system. */
  get shared(): string {
    return `${this.folder}/shared`;
  }

  /** What a host sends to these others is lost; what they send to it arrives. */
  async lose(from: Host, to: readonly Host[]): Promise<void> {
    for (const address of to.flatMap(({ addresses }) => addresses)) {
      const neighbour = [address, "lladdr", NOBODY, "nud", "permanent"];
      await from.root("ip", "neighbour", "replace", ...neighbour, "dev", "eth0");
    }
  }

  /** What a host sends arrives again. */
  async heal(from: Host): Promise<void> {
    await from.root("ip", "neighbour", "flush", "dev", "eth0", "nud", "permanent");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host[Symbol.asyncDispose]()));
    await this.#switch[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #startHosts(count: number): Promise<void> {
    await Deno.mkdir(this.shared);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const identities = await makeIdentities(this.folder, numbers);
    this.#hosts = identities.map((identity) =>
      new Host({
        identity,
        folder: `${this.folder}/${identity.name}`,
        shared: this.shared,
        switchProcess: this.#switch.pid,
        enterSwitch: enter(this.#switch.pid, "--net"),
      })
    );
    const results = await Promise.allSettled(this.#hosts.map((host) => host.boot()));
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }
}
