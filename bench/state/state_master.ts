import type { NodeStatus } from "../../src/http/status.ts";
import { call } from "../../src/http/call.ts";
import { exchange, type HttpAnswer } from "../../src/storage/http_exchange.ts";
import type { Bytes } from "../../src/storage/storage.ts";
import { freePort } from "../../tests/support/ports.ts";
import { TestProcess } from "../../tests/support/process.ts";
import { until } from "../../tests/support/until.ts";
import { processorMs, residentMegabytes } from "./memory.ts";

const TOKEN = "a-token-of-the-whole-cluster";
const LIMIT_MS = 120_000;

export interface StateMasterOptions {
  /** The words that start masterd. */
  program: readonly string[];
  address: string;
  /** Where its configuration goes, and its storage. */
  folder: string;
  /** Root of its namespace in ZooKeeper. */
  root: string;
  clusterId: string;
  /** More lines of its configuration. */
  conf?: readonly string[];
}

/** A master, the only one of its cluster, as a process of its own that keeps state. */
export class StateMaster implements AsyncDisposable {
  readonly webuiPort: number;
  readonly #process: TestProcess;
  readonly #url: string;

  /** Starts it, and waits until it leads. */
  static async start(options: StateMasterOptions): Promise<StateMaster> {
    const { program: [program, ...words], folder } = options;
    const webuiPort = freePort();
    const home = `${folder}/home-${webuiPort}`;
    await writeConfiguration(home, { ...options, webuiPort });
    const process = TestProcess.start(program!, {
      args: [...words, "jobmanager", "--configDir", `${home}/conf`],
      env: { MASTERD_HOME: home },
    });
    try {
      const read = () => statusOf(`http://localhost:${webuiPort}`);
      const { node } = await until(read, leads, { limitMs: LIMIT_MS });
      return new StateMaster(process, { webuiPort, rpcPort: node.rpcPort! });
    } catch (cause) {
      const { text } = process;
      await process[Symbol.asyncDispose]();
      throw new Error(`The master does not lead; it wrote:\n${text}`, { cause });
    }
  }

  private constructor(
    process: TestProcess,
    { webuiPort, rpcPort }: { webuiPort: number; rpcPort: number },
  ) {
    this.webuiPort = webuiPort;
    this.#process = process;
    this.#url = `http://localhost:${rpcPort}/rpc/v1/leaderships/current/state`;
  }

  /** Resident memory now, and the most there ever was. */
  memory(): Promise<{ nowMegabytes: number; peakMegabytes: number }> {
    return residentMegabytes(this.#process.pid);
  }

  /** Processor time since its start. */
  cpuMs(): Promise<number> {
    return processorMs(this.#process.pid);
  }

  async put(name: string, content: Uint8Array | Bytes): Promise<void> {
    const answer = await this.#call("PUT", `/${name}`, content);
    await answer.text();
  }

  /** How many bytes the entry has, all of them read. */
  async readLength(name: string): Promise<number> {
    const answer = await this.#call("GET", `/${name}`);
    let length = 0;
    for await (const piece of answer.body) length += piece.length;
    return length;
  }

  /** How many entries it lists. */
  async count(): Promise<number> {
    const answer = await this.#call("GET", "");
    const { entries } = JSON.parse(await answer.text(Infinity));
    return entries.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }

  async #call(method: string, path: string, body?: Uint8Array | Bytes): Promise<HttpAnswer> {
    const answer = await exchange({
      method,
      url: new URL(`${this.#url}${path}`),
      headers: { authorization: `Bearer ${TOKEN}` },
      body,
      timeoutMs: LIMIT_MS,
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (answer.status < 300) return answer;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
  }
}

function leads({ role, state }: NodeStatus): boolean {
  return role === "leader" && state !== null && state.kind !== "recovering";
}

async function statusOf(url: string): Promise<NodeStatus> {
  const signal = AbortSignal.timeout(1000);
  return (await call(`${url}/api/v1/status`, { method: "GET", signal })).body as NodeStatus;
}

async function writeConfiguration(
  home: string,
  { address, folder, root, clusterId, conf = [], webuiPort }: StateMasterOptions & {
    webuiPort: number;
  },
): Promise<void> {
  await Deno.mkdir(`${home}/conf`, { recursive: true });
  await Deno.writeTextFile(`${home}/token`, TOKEN, { mode: 0o600 });
  await Deno.writeTextFile(`${home}/conf/masters`, `localhost:${webuiPort}\n`);
  await Deno.writeTextFile(
    `${home}/conf/flink-conf.yaml`,
    [
      "high-availability: zookeeper",
      `high-availability.zookeeper.quorum: ${address}`,
      `high-availability.zookeeper.path.root: ${root}`,
      `high-availability.cluster-id: ${clusterId}`,
      `high-availability.storageDir: ${folder}${root}`,
      `masterd.token-file: ${home}/token`,
      "jobmanager.bind-host: localhost",
      "rest.bind-address: localhost",
      ...conf,
      "",
    ].join("\n"),
  );
}
