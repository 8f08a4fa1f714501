import { freePort } from "../../support/ports.ts";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";

const HAPROXY = "/usr/sbin/haproxy";
const CHECK_INTERVAL = "inter 250ms";
export const SHIPPED_FILE = new URL("../../../conf/haproxy.cfg", import.meta.url);

/** Where the masters of a test, and what each of them runs as the leader, are to be found. */
export interface Backends {
  masters: readonly [number, number];
  commands: readonly [number, number];
}

export interface LoadBalancerOptions {
  /** Between two checks of a master, in HAProxy's words; as it is shipped unless told. */
  checkInterval?: string;
}

/** Debian's HAProxy with the file that is shipped, on other ports, and with its part for a command in use. */
export class LoadBalancer implements AsyncDisposable {
  readonly mastersPort = freePort();
  readonly commandPort = freePort();
  readonly #folder: string;
  readonly #process: TestProcess;

  static async start(
    backends: Backends,
    { checkInterval = "250ms" }: LoadBalancerOptions = {},
  ): Promise<LoadBalancer> {
    const shipped = await Deno.readTextFile(SHIPPED_FILE);
    if (!shipped.includes(CHECK_INTERVAL)) throw new Error(`No "${CHECK_INTERVAL}" to replace`);
    const text = shipped.replace(CHECK_INTERVAL, `inter ${checkInterval}`);
    const folder = await Deno.makeTempDir({ prefix: "masterd_haproxy_" });
    const balancer = new LoadBalancer(folder, text, backends);
    await balancer.#untilListening();
    return balancer;
  }

  private constructor(folder: string, text: string, { masters, commands }: Backends) {
    this.#folder = folder;
    const ports = { 8081: masters[0], 8082: masters[1] };
    const own = { 8080: this.mastersPort, 8090: this.commandPort };
    const path = `${folder}/haproxy.cfg`;
    const used = withCommandPorts(withCommand(text), commands);
    Deno.writeTextFileSync(path, withPorts(used, { ...ports, ...own }));
    this.#process = TestProcess.start(HAPROXY, { args: ["-db", "-f", path] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #untilListening(): Promise<void> {
    try {
      using _ = await until(
        () => Deno.connect({ hostname: "localhost", port: this.commandPort }),
        () => true,
      );
    } catch (cause) {
      await this[Symbol.asyncDispose]();
      throw new Error(`HAProxy does not listen; it wrote:\n${this.#process.text}`, { cause });
    }
  }
}

/** What HAProxy says to a file, and whether it would start with it. */
export async function checkFile(path: string): Promise<{ code: number; text: string }> {
  await using process = TestProcess.start(HAPROXY, { args: ["-c", "-f", path] });
  const { code } = await process.ends();
  return { code, text: process.text };
}

/** As its comment says: without the first # of each line. */
export function withCommand(text: string): string {
  return text.replace(/^#(frontend command|backend commands| {4}\S)/gm, "$1");
}

/** On one machine the programs of two masters cannot have the same port, as they have on two. */
function withCommandPorts(text: string, [...ports]: readonly number[]): string {
  return text.replace(/\blocalhost:9000\b/g, () => `localhost:${ports.shift()}`);
}

function withPorts(text: string, ports: Readonly<Record<string, number>>): string {
  return text.replace(/\b(8080|8081|8082|8090)\b/g, (port) => String(ports[port]));
}
