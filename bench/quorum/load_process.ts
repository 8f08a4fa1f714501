/**
 * Loads a server from a process of its own. Arguments: its port, and a node to work on. Each line of
 * standard input is a round `{"reads", "writes", "fanOuts"}`, each answer its figures.
 */
import type { Codec } from "../../src/zookeeper/wire/codec.ts";
import { operations } from "../../src/zookeeper/wire/operations.ts";
import { request } from "../../tests/support/raw_zookeeper.ts";
import { TextLineStream } from "../../tests/support/text_line_stream.ts";
import { median } from "../statistics.ts";
import { LoadConnection } from "./load_connection.ts";

/** How much work one round is. */
export interface LoadAmounts {
  reads: number;
  writes: number;
  fanOuts: number;
}

/** What one round gave; 100 requests are outstanding, on one connection or on ten. */
export interface LoadFigures {
  readsPerSecond: number;
  spreadReadsPerSecond: number;
  writesPerSecond: number;
  spreadWritesPerSecond: number;
  /** From a write until the last of 1,000 watches has told its client; median. */
  fanOutMs: number;
}

const OUTSTANDING = 100;
const SPREAD = 10;
const WATCHERS = 100;
const [DATA_BYTES, ANY_VERSION] = [100, -1];

/** Below the path, to be watched. */
export const NODES = 10;

type OperationName = keyof typeof operations;
type Bodies = { [K in OperationName]: Parameters<(typeof operations)[K]["request"]["write"]>[1] };

function frame<K extends OperationName>(name: K, body: Bodies[K]): Uint8Array {
  const { code, request: codec } = operations[name];
  return request(1, code, (writer) => (codec as Codec<Bodies[K]>).write(writer, body)).slice();
}

function setData(path: string): Bodies["setData"] {
  return { path, data: crypto.getRandomValues(new Uint8Array(DATA_BYTES)), version: ANY_VERSION };
}

/** What one server is loaded with; the connections stay open from round to round. */
class Load implements Disposable {
  readonly #path: string;
  readonly #workers: readonly LoadConnection[];
  readonly #watchers: readonly LoadConnection[];

  static async open(port: number, path: string): Promise<Load> {
    const open = (count: number) =>
      Promise.all(Array.from({ length: count }, () => LoadConnection.open(port)));
    return new Load(path, await open(SPREAD), await open(WATCHERS));
  }

  private constructor(
    path: string,
    workers: readonly LoadConnection[],
    watchers: readonly LoadConnection[],
  ) {
    this.#path = path;
    this.#workers = workers;
    this.#watchers = watchers;
  }

  async round({ reads, writes, fanOuts }: LoadAmounts): Promise<LoadFigures> {
    const read = frame("getData", { path: this.#path, watch: false });
    const write = frame("setData", setData(this.#path));
    return {
      readsPerSecond: await this.#perSecond(read, reads, 1),
      spreadReadsPerSecond: await this.#perSecond(read, reads, SPREAD),
      writesPerSecond: await this.#perSecond(write, writes, 1),
      spreadWritesPerSecond: await this.#perSecond(write, writes, SPREAD),
      fanOutMs: await this.#fanOut(fanOuts),
    };
  }

  [Symbol.dispose](): void {
    for (const connection of [...this.#workers, ...this.#watchers]) connection[Symbol.dispose]();
  }

  async #perSecond(bytes: Uint8Array, count: number, connections: number): Promise<number> {
    const each = { count: count / connections, outstanding: OUTSTANDING / connections };
    const startMs = performance.now();
    await Promise.all(
      this.#workers.slice(0, connections).map((worker) => worker.repeat(bytes, each.count, each)),
    );
    return count / ((performance.now() - startMs) / 1000);
  }

  /** Each watcher watches all nodes below the path, and one transaction writes them all. */
  async #fanOut(times: number): Promise<number> {
    const paths = Array.from({ length: NODES }, (_, index) => `${this.#path}/${index}`);
    const watches = joined(paths.map((path) => frame("getData", { path, watch: true })));
    const write = frame(
      "multi",
      paths.map((path) => ({ operation: "setData", body: setData(path) })),
    );
    const tookMs: number[] = [];
    for (let time = 0; time < times; time++) {
      await Promise.all(this.#watchers.map((watcher) => watcher.exchange(watches, NODES)));
      const startMs = performance.now();
      const heard = this.#watchers.map((watcher) => watcher.receive(NODES));
      await Promise.all([this.#workers[0]!.exchange(write, 1), ...heard]);
      tookMs.push(performance.now() - startMs);
    }
    return median(tookMs);
  }
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(frames.flatMap((frame) => [...frame]));
}

async function main([port, path]: readonly string[]): Promise<void> {
  using load = await Load.open(Number(port), path!);
  console.log("ready");
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) console.log(JSON.stringify(await load.round(JSON.parse(line))));
}

if (import.meta.main) await main(Deno.args);
