import { connect, type ZooKeeper } from "zookeeper";
import { TestProcess } from "../../tests/support/process.ts";
import { type LoadAmounts, type LoadFigures, NODES } from "./load_process.ts";
import { BenchServer, type ServerKind } from "./server.ts";

const LIMIT_MS = 60_000;
const ROOT = "/bench";
const DATA = new Uint8Array(100);

/** Requests one after another. */
export interface SingleAmounts {
  reads: number;
  writes: number;
}

/** How long each of them took, in microseconds. */
export interface SingleTimes {
  readonly getData: number[];
  readonly setData: number[];
  readonly create: number[];
}

/** A server with its clients: ours for single requests, a process of its own for many at once. */
export class Contestant implements AsyncDisposable {
  readonly server: BenchServer;
  readonly #zk: ZooKeeper;
  readonly #load: TestProcess;
  #created = 0;

  static async start(kind: ServerKind): Promise<Contestant> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await BenchServer.start(kind));
    const signal = AbortSignal.timeout(LIMIT_MS);
    const zk = stack.use(await connect(server.address, { sessionTimeoutMs: 600_000, signal }));
    await zk.create(ROOT, DATA);
    for (let node = 0; node < NODES; node++) await zk.create(`${ROOT}/${node}`, DATA);
    const load = stack.use(startLoad(server.port));
    await load.waitForLine((text) => text === "ready", { limitMs: LIMIT_MS });
    return new Contestant({ server, zk, load, stack: stack.move() });
  }

  readonly #stack: AsyncDisposableStack;

  private constructor(
    options: { server: BenchServer; zk: ZooKeeper; load: TestProcess; stack: AsyncDisposableStack },
  ) {
    this.server = options.server;
    this.#zk = options.zk;
    this.#load = options.load;
    this.#stack = options.stack;
  }

  /** Does all one after another, and adds to the times. */
  async singles({ reads, writes }: SingleAmounts, times: SingleTimes): Promise<void> {
    const zk = this.#zk;
    const create = () => zk.create(`${ROOT}/created-${this.#created++}`, DATA);
    await oneAfterAnother(times.getData, reads, () => zk.getData(ROOT));
    await oneAfterAnother(times.setData, writes, () => zk.setData(ROOT, DATA));
    await oneAfterAnother(times.create, writes, create);
  }

  /** Many at once, from a process of its own. */
  async load(amounts: LoadAmounts): Promise<LoadFigures> {
    const from = this.#load.lines.length;
    await this.#load.writeLine(JSON.stringify(amounts));
    const isAnswer = (text: string) => text.startsWith("{");
    return JSON.parse(
      (await this.#load.waitForLine(isAnswer, { from, limitMs: LIMIT_MS })).text,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function startLoad(port: number): TestProcess {
  const script = new URL("./load_process.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--allow-all", "--no-check", script, String(port), ROOT];
  return TestProcess.start(Deno.execPath(), { args });
}

async function oneAfterAnother(
  tookUs: number[],
  count: number,
  act: () => Promise<unknown>,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    await act();
    tookUs.push((performance.now() - startMs) * 1000);
  }
}
