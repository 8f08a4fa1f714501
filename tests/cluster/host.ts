import { TestProcess } from "../support/process.ts";
import { until } from "../support/until.ts";
import { descendants, isGone, signalProcess, wordsOf } from "../faults/process_tree.ts";
import { type Identity, userName } from "./identities.ts";
import { enter, output, success } from "./namespaces.ts";
import { machinePaths } from "./machine_paths.ts";

const BOOT = new URL("host.sh", import.meta.url).pathname;
const BOOT_LIMIT_MS = 20_000;
const RUN_LIMIT_S = 90;
const NAMESPACES = ["--mount", "--uts", "--ipc", "--net", "--pid"];
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface HostOptions {
  identity: Identity;
  /** What of the host outlives it; its /opt and /home. */
  folder: string;
  /** Seen by all hosts under the same name. */
  shared: string;
  switchProcess: number;
  /** The words that start a program at the switch. */
  enterSwitch: readonly string[];
}

/** How a command ended and what it printed. */
export interface Outcome {
  code: number;
  lines: string[];
  errors: string;
}

/** A computer, as far as processes can tell: it has a network, users, a disk, and can lose its power. */
export class Host implements AsyncDisposable {
  readonly name: string;
  readonly addresses: readonly [string, string];
  readonly #options: HostOptions;
  #unshare: TestProcess | undefined;
  #init = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.name = options.identity.name;
    this.addresses = options.identity.addresses;
  }

  /** Where a file of the host lies on this machine: one of its /opt or /home. */
  path(name: string): string {
    return `${this.#options.folder}${name}`;
  }

  /** Runs a program as root of the host, in its network and on its disk. */
  async root(...words: string[]): Promise<void> {
    await success([...this.#enterUser, ...nsenter(this.#init, NAMESPACES), ...words]);
  }

  /** Starts the host; returns when it serves ssh. */
  async boot(): Promise<void> {
    const { folder, identity, shared } = this.#options;
    const [program, ...args] = [
      ...this.#enterUser,
      ...["unshare", "--net", "--uts", "--ipc", "--mount", "--pid", "--fork", "--kill-child", "--"],
      ...[BOOT, "boot", folder, userName, networkAddresses(identity), shared, ...machinePaths],
    ];
    this.#unshare = TestProcess.start(program!, { args });
    const { pid } = this.#unshare;
    [this.#init] = await until(
      () => descendants(pid),
      ([child]) => child !== undefined,
    ) as [number];
    await this.#plugIn();
    await this.#unshare.writeLine("the link is there");
    await this.#unshare.waitForLine((line) => line === "ready", { limitMs: BOOT_LIMIT_MS });
  }

  /** Runs a command line as a user would at the host's shell. */
  async run(command: string, options: { limitS?: number } = {}): Promise<Outcome> {
    const { limitS = RUN_LIMIT_S } = options;
    const { code, text, errors } = await output([
      ...this.#asUser,
      ...["timeout", "--kill-after=5", String(limitS)],
      ...["env", "-i", `PATH=${PATH}`, "HOME=/home", `USER=${userName}`, `LOGNAME=${userName}`],
      ...["bash", "-lc", `cd || exit\n${command}`],
    ], { limitMs: (limitS + 10) * 1000 });
    return { code, lines: text.split("\n").slice(0, -1), errors };
  }

  /** Waits until a connection to another host can be opened: one that was away is not found at once. */
  async reaches({ addresses }: Host): Promise<void> {
    const opens = addresses.map((address) => `timeout 2 bash -c ': </dev/tcp/${address}/22'`);
    await until(() => this.run(opens.join(" && ")), ({ code }) => code === 0);
  }

  /** Every process on the host, beside those that make it one: its words by its pid on this machine. */
  processes(): Map<number, string> {
    const all = descendants(this.#init).map((pid) => [pid, wordsOf(pid).join(" ").trim()] as const);
    return new Map(all.filter(([, words]) => words !== "" && !words.startsWith("sshd: ")));
  }

  /** Takes the link to the switch down. */
  async unplug(): Promise<void> {
    await this.#atSwitch("link", "set", this.#port, "down");
  }

  /** Brings the link to the switch up again. */
  async plug(): Promise<void> {
    await this.#atSwitch("link", "set", this.#port, "up");
  }

  /** Cuts the power: the network hears nothing more, and every process is gone. */
  async kill(): Promise<void> {
    await this.unplug();
    await this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  get #port(): string {
    return `port${this.#options.identity.number}`;
  }

  get #enterUser(): string[] {
    return enter(this.#options.switchProcess);
  }

  get #asUser(): string[] {
    // As root of all there is nothing to enter; else the user's own namespace comes last.
    const user = userName === "root" ? [] : ["--user"];
    return [...this.#enterUser, ...nsenter(this.#init, [...user, ...NAMESPACES])];
  }

  async #plugIn(): Promise<void> {
    const { number } = this.#options.identity;
    // The same after each start: what others remember of it stays true.
    const address = `02:00:00:00:00:${number.toString(16).padStart(2, "0")}`;
    // The kernel takes the network of a dead host away some time after it.
    await output([...this.#options.enterSwitch, "ip", "link", "delete", this.#port]);
    const peer = ["peer", "name", "eth0", "address", address, "netns", String(this.#init)];
    await this.#atSwitch("link", "add", this.#port, "type", "veth", ...peer);
    await this.#atSwitch("link", "set", this.#port, "master", "switch", "up");
  }

  async #atSwitch(...words: string[]): Promise<void> {
    await success([...this.#options.enterSwitch, "ip", ...words]);
  }

  async #end(): Promise<void> {
    if (!this.#unshare) return;
    // The kernel kills all of a host with its first process.
    if (this.#init) signalProcess(this.#init, "SIGKILL");
    await this.#unshare.kill();
    await until(() => isGone(this.#init), Boolean);
    this.#unshare = undefined;
    this.#init = 0;
  }
}

function nsenter(pid: number, namespaces: readonly string[]): string[] {
  return ["nsenter", "--preserve-credentials", "--target", String(pid), ...namespaces, "--"];
}

function networkAddresses({ addresses: [four, six] }: Identity): string {
  return `${four}/24 ${six}/64`;
}
