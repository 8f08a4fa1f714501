import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { freePort } from "../../support/ports.ts";
import { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";

const SHIPPED = new URL("../../../conf/prometheus/", import.meta.url);
const FILES = ["prometheus.yml", "masterd.rules.yml"];
const ANSWER_LIMIT_MS = 5000;

/** Debian's Prometheus with the files that are shipped; it asks other masters, and every second. */
export class PrometheusServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #port = freePort();
  readonly #process: TestProcess;

  static async start(masters: readonly [number, number]): Promise<PrometheusServer> {
    const folder = await Deno.makeTempDir({ prefix: "masterd_prometheus_" });
    for (const name of FILES) {
      const text = await Deno.readTextFile(new URL(name, SHIPPED));
      await Deno.writeTextFile(`${folder}/${name}`, hurried(withPorts(text, masters)));
    }
    return new PrometheusServer(folder);
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.#process = TestProcess.start("prometheus", {
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${this.#port}`,
      ],
    });
  }

  /** Waits until a query gives these values, by the labels that are left. */
  async untilFound(query: string, expected: Readonly<Record<string, string>>): Promise<void> {
    await until(
      () => this.#query(query),
      (found) => isDeepStrictEqual(found, expected),
      { limitMs: 20_000, intervalMs: 100 },
    );
  }

  /** How well each rule could be evaluated. */
  async ruleHealth(): Promise<string[]> {
    // deno-lint-ignore no-explicit-any
    const { groups } = await this.#get("/api/v1/rules") as any;
    return groups.flatMap(({ rules }: { rules: { health: string }[] }) =>
      rules.map(({ health }) => health)
    );
  }

  async #query(query: string): Promise<Record<string, string>> {
    // deno-lint-ignore no-explicit-any
    const { result } = await this.#get(`/api/v1/query?query=${encodeURIComponent(query)}`) as any;
    const samples = result as { metric: Record<string, string>; value: [number, string] }[];
    const found = samples.map(({ metric, value }) => [Object.values(metric).join(), value[1]]);
    return Object.fromEntries(found);
  }

  async #get(path: string): Promise<unknown> {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, { signal });
    const { status, data } = await response.json();
    assert.equal(status, "success");
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function withPorts(text: string, [first, second]: readonly [number, number]): string {
  return text.replaceAll("localhost:8081", `localhost:${first}`)
    .replaceAll("localhost:8082", `localhost:${second}`);
}

/** The same in a fifteenth of the time. */
function hurried(text: string): string {
  return text.replace(/_interval: 15s/g, "_interval: 1s").replace("_timeout: 5s", "_timeout: 1s")
    .replaceAll("for: 30s", "for: 2s");
}
