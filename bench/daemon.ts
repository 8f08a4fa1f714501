import { freePort } from "../tests/support/ports.ts";
import { TestProcess } from "../tests/support/process.ts";
import { median } from "./statistics.ts";

const STARTS = 10;
const LEADER_LIMIT_MS = 10_000;
const IDLE_MS = 5000;

/** Figures of the compiled program. */
export interface DaemonFigures {
  /** From the start of the process until `/leader` answers 200; median. */
  leaderAfterMs: number;
  /** Resident memory of a leader that has had nothing to do for 5 seconds. */
  idleMegabytes: number;
}

/** Starts the compiled program as the only master of a cluster, again and again. */
export async function measureDaemon(binary: string, address: string): Promise<DaemonFigures> {
  const tookMs: number[] = [];
  for (let start = 1; start < STARTS; start++) {
    tookMs.push((await measureStart(binary, address)).leaderAfterMs);
  }
  const last = await measureStart(binary, address, { idleMs: IDLE_MS });
  return {
    leaderAfterMs: median([...tookMs, last.leaderAfterMs]),
    idleMegabytes: last.residentMegabytes,
  };
}

async function measureStart(
  binary: string,
  address: string,
  options: { idleMs?: number } = {},
): Promise<{ leaderAfterMs: number; residentMegabytes: number }> {
  const webuiPort = freePort();
  const home = await Deno.makeTempDir({ prefix: "masterd_bench_" });
  try {
    await writeConfiguration(home, address, webuiPort);
    const startMs = performance.now();
    await using master = TestProcess.start(binary, {
      args: ["jobmanager", "--configDir", `${home}/conf`],
      env: { MASTERD_HOME: home },
    });
    await untilLeader(master, webuiPort);
    const leaderAfterMs = performance.now() - startMs;
    await new Promise((resolve) => setTimeout(resolve, options.idleMs ?? 0));
    const residentMegabytes = await readResidentMegabytes(master.pid);
    await master.stop();
    return { leaderAfterMs, residentMegabytes };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function writeConfiguration(home: string, address: string, webuiPort: number): Promise<void> {
  await Deno.mkdir(`${home}/conf`);
  await Deno.writeTextFile(`${home}/conf/masters`, `localhost:${webuiPort}\n`);
  await Deno.writeTextFile(
    `${home}/conf/flink-conf.yaml`,
    [
      "high-availability: zookeeper",
      `high-availability.zookeeper.quorum: ${address}`,
      "high-availability.zookeeper.path.root: /bench",
      `high-availability.cluster-id: /daemon_${webuiPort}`,
      `high-availability.storageDir: ${home}/state`,
      "",
    ].join("\n"),
  );
}

async function untilLeader(master: TestProcess, webuiPort: number): Promise<void> {
  let hasEnded = false;
  master.ended.then(() => hasEnded = true);
  const limitMs = performance.now() + LEADER_LIMIT_MS;
  while (performance.now() < limitMs && !hasEnded) {
    if (await answersOk(`http://localhost:${webuiPort}/leader`)) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`${master.pid} did not become leader; it wrote:\n${master.text}`);
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function readResidentMegabytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024 / 1e6;
}
