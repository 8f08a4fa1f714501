import process from "node:process";
import { Counter, Gauge, type Registry } from "prom-client";
import { OptionalGauge } from "./gauges.ts";

/** The descriptors of this process: a folder of /proc that Deno opens to `--allow-read`. */
const DESCRIPTORS = "/proc/self/fd";

/**
 * What is expected of every process, under the names that dashboards know. Not those that prom-client
 * brings along: they read files of /proc that Deno keeps closed.
 */
export class ProcessGauges {
  readonly #processor: Counter;
  readonly #memory: Gauge;
  readonly #openFiles: OptionalGauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#processor = new Counter({
      name: "process_cpu_seconds_total",
      help: "Processor time of this process, of the user and of the system, in seconds.",
      registers,
    });
    this.#memory = new Gauge({
      name: "process_resident_memory_bytes",
      help: "Resident memory of this process in bytes.",
      registers,
    });
    this.#openFiles = new OptionalGauge(registry, {
      name: "process_open_fds",
      help: "Open file descriptors of this process, connections included.",
    });
    new Gauge({
      name: "process_start_time_seconds",
      help: "When this process was started, in seconds since 1970.",
      registers,
    }).set(performance.timeOrigin / 1000);
  }

  async update(): Promise<void> {
    const { user, system } = process.cpuUsage();
    this.#processor.reset();
    this.#processor.inc((user + system) / 1e6);
    this.#memory.set(Deno.memoryUsage().rss);
    this.#openFiles.show(await countDescriptors());
  }
}

/** Undefined where it cannot be told, as without a free descriptor. */
async function countDescriptors(): Promise<number | undefined> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(DESCRIPTORS));
    return entries.length;
  } catch {
    return undefined;
  }
}
