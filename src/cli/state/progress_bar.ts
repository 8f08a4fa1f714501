// @ts-types="../../../types/cli_progress.d.ts"
import cliProgress from "cli-progress";
import type { Terminal } from "../byte_streams.ts";
import type { Progress } from "./progress.ts";
import { formatSize } from "./table.ts";

/** Work of fewer bytes is over before anybody looks, unless it takes its time. */
const MIN_BYTES = 4 * 1024 * 1024;
const PATIENCE_MS = 1000;

/** A bar that appears once it is worth it, and is gone when it is disposed of. */
export class ProgressBar implements Progress {
  readonly #bar: InstanceType<typeof cliProgress.SingleBar>;
  readonly #beganAt = performance.now();
  #isShown = false;

  constructor(title: string, terminal: Terminal) {
    this.#bar = new cliProgress.SingleBar({
      format: `${title} [{bar}] {percentage}% {value} of {total}, {eta_formatted} left`,
      stream: terminal,
      barsize: 24,
      clearOnComplete: true,
      formatValue: (value, _options, type) =>
        typeof value === "number" && type !== "eta" ? formatSize(value) : String(value),
    });
  }

  update(done: number, total: number): void {
    if (this.#isShown) return this.#bar.update(done);
    const isWorthIt = total > MIN_BYTES || performance.now() - this.#beganAt > PATIENCE_MS;
    if (!isWorthIt || done >= total) return;
    this.#isShown = true;
    this.#bar.start(total, done);
  }

  [Symbol.dispose](): void {
    if (this.#isShown) this.#bar.stop();
  }
}
