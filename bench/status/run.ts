import { delay } from "../../src/async/delay.ts";
import { StateMaster } from "../state/state_master.ts";
import { median, percentile } from "../statistics.ts";
import { formatTable } from "../table.ts";
import { answeredWithin, heartbeatCounts } from "./heartbeats.ts";
import { LeaseWatch } from "./lease_watch.ts";
import { askAtRate } from "./requests.ts";
import { OpenStreams } from "./streams.ts";

const REQUESTS_PER_SECOND = 1000;
const STREAMS = 500;
const SAMPLES_S = [10, 30, 60];
const SESSION_TIMEOUT_MS = 4000;

export interface StatusLoadOptions {
  /** The words that start masterd. */
  program: readonly string[];
  address: string;
}

/** What one leader did meanwhile. */
interface LeaderFigures {
  heartbeats: { count: number; limitMs: number };
  /** The least that was left of the lease at any look. */
  leastLeaseMs: number;
  /** At each sample. */
  megabytes: readonly number[];
  cpuShare: number;
}

/** Asks one leader for its status again and again, beside one that nobody asks. */
export async function printStatusLoad(options: StatusLoadOptions): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "masterd_bench_" });
  try {
    const conf = [
      `high-availability.zookeeper.client.session-timeout: ${SESSION_TIMEOUT_MS} ms`,
    ];
    const start = (clusterId: string) =>
      StateMaster.start({ ...options, folder, root: "/status", clusterId, conf });
    await using idle = await start("/idle");
    await using loaded = await start("/loaded");
    await printLoad(idle, loaded);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function printLoad(idle: StateMaster, loaded: StateMaster): Promise<void> {
  const { webuiPort: port } = loaded;
  const stop = new AbortController();
  await using streams = await OpenStreams.open(port, STREAMS);
  const [perSecond, { signal }] = [REQUESTS_PER_SECOND, stop];
  const asking = askAtRate({ port, path: "/api/v1/status", perSecond, signal });
  const figures = await Promise.all([observe(idle, signal), observe(loaded, signal)]);
  stop.abort();
  const tookMs = await asking;
  const seconds = SAMPLES_S.at(-1)!;
  console.log(
    `a leader with ${STREAMS} open streams, asked ${Math.round(tookMs.length / seconds)} times a ` +
      `second for ${seconds} s, beside one that nobody asks; lease of ${SESSION_TIMEOUT_MS} ms`,
  );
  console.log(formatTable([["", "idle", "loaded"], ...rows(figures)]));
  console.log(
    `/api/v1/status: p50 ${median(tookMs).toFixed(2)} ms, p99 ${
      percentile(tookMs, 0.99).toFixed(2)
    } ` +
      `ms; events: ${(streams.bytes / STREAMS / seconds / 1000).toFixed(2)} kB a second and stream`,
  );
}

async function observe(master: StateMaster, signal: AbortSignal): Promise<LeaderFigures> {
  const { webuiPort: port } = master;
  const from = await heartbeatCounts(port);
  const [startMs, startCpuMs] = [performance.now(), await master.cpuMs()];
  using lease = LeaseWatch.start(port);
  const megabytes: number[] = [];
  for (const second of SAMPLES_S) {
    await delay(second * 1000 - (performance.now() - startMs), { signal });
    megabytes.push((await master.memory()).nowMegabytes);
  }
  const cpuMs = await master.cpuMs() - startCpuMs;
  return {
    heartbeats: answeredWithin({ from, to: await heartbeatCounts(port), share: 0.99 }),
    leastLeaseMs: lease.leastMs,
    megabytes,
    cpuShare: cpuMs / (performance.now() - startMs),
  };
}

function rows(figures: readonly LeaderFigures[]): string[][] {
  return [
    ["heartbeats", ...figures.map(({ heartbeats: { count } }) => String(count))],
    [
      "99 % of them answered within, ms",
      ...figures.map(({ heartbeats: { limitMs } }) => String(limitMs)),
    ],
    ["least lease seen, ms", ...figures.map(({ leastLeaseMs }) => leastLeaseMs.toFixed(0))],
    ...SAMPLES_S.map((second, index) => [
      `resident after ${second} s, MB`,
      ...figures.map(({ megabytes }) => megabytes[index]!.toFixed(0)),
    ]),
    ["of one core", ...figures.map(({ cpuShare }) => `${(cpuShare * 100).toFixed(0)} %`)],
  ];
}
