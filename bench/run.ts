/**
 * Compares our ZooKeeper client with its peers: same server, same run, rounds interleaved, so that a
 * busy moment of the machine hits all alike. Prints medians of all rounds.
 */
import { connect } from "zookeeper";
import { ZooKeeperServer } from "../tests/support/zookeeper_server.ts";
import { NativeClient } from "./clients/native_client.ts";
import { openMasterdClient } from "./clients/masterd_client.ts";
import { openNodeZooKeeperClient } from "./clients/node_zookeeper_client.ts";
import { printClusterStarts } from "./cluster/run.ts";
import { compareWithFirst } from "./comparison.ts";
import { measureDaemon } from "./daemon.ts";
import { printFailovers } from "./failover/run.ts";
import { measureHandovers } from "./handover.ts";
import { printQuorum } from "./quorum/run.ts";
import { printState } from "./state/run.ts";
import { median } from "./statistics.ts";
import { printStatusLoad } from "./status/run.ts";
import { formatTable } from "./table.ts";
import { type Amounts, type BenchClient, type RoundFigures, runRound } from "./workloads.ts";

const ROUNDS = 7;
const HANDOVERS = 60;
const WARM_UP: Amounts = { sequentialReads: 2000, outstandingReads: 10_000, ephemerals: 500 };
const MEASURED: Amounts = { sequentialReads: 4000, outstandingReads: 20_000, ephemerals: 1500 };
const NODE_BYTES = 100;
const BINARY = new URL("../dist/masterd", import.meta.url).pathname;

/** One of those compared, with what it gave in each round. */
interface Contestant {
  name: string;
  path: string;
  run(amounts: Amounts): Promise<RoundFigures>;
  close(): Promise<void>;
  rounds: RoundFigures[];
}

interface Row {
  name: string;
  figure: keyof RoundFigures;
  isLessBetter: boolean;
}

const ROWS: readonly Row[] = [
  { name: "getData, one after another, p50 us", figure: "readP50Us", isLessBetter: true },
  { name: "getData, one after another, p99 us", figure: "readP99Us", isLessBetter: true },
  {
    name: "getData, 100 outstanding, per second",
    figure: "outstandingReadsPerSecond",
    isLessBetter: false,
  },
  {
    name: "getData, 100 outstanding, CPU of the client, us",
    figure: "cpuPerReadUs",
    isLessBetter: true,
  },
  {
    name: "create + delete of an ephemeral, pairs per second",
    figure: "ephemeralsPerSecond",
    isLessBetter: false,
  },
];

async function main(): Promise<void> {
  if (Deno.args.includes("state")) return await printStateAlone();
  if (Deno.args.includes("cluster")) return await printClusterStarts();
  if (Deno.args.includes("status")) return await printStatusAlone();
  if (Deno.args.includes("quorum")) return await printQuorumOf();
  await using server = await ZooKeeperServer.start({ tickTimeMs: 2000, jvmOptions: ["-Xmx512m"] });
  const { contestants, missing } = await gather(server.address);
  for (const contestant of contestants) await contestant.run(WARM_UP);
  for (let round = 0; round < ROUNDS; round++) await runInTurn(contestants, round);
  for (const contestant of contestants) await contestant.close();

  console.log(
    `Median of ${ROUNDS} interleaved rounds on one server; "2.0x": ours is twice as good.`,
  );
  console.log(formatTable([header(contestants), ...ROWS.map((row) => cells(row, contestants))]));
  for (const line of missing) console.log(line);
  await printHandovers(server.address);
  await printDaemon(server.address);
  await printStateOf(server.address);
  await printStatusOf(server.address);
  await printCrashes();
  await printClusterStarts();
  await printQuorumOf();
}

async function printStateAlone(): Promise<void> {
  await using server = await ZooKeeperServer.start({ tickTimeMs: 2000, jvmOptions: ["-Xmx512m"] });
  await printStateOf(server.address);
}

async function printStatusAlone(): Promise<void> {
  await using server = await ZooKeeperServer.start({ tickTimeMs: 2000, jvmOptions: ["-Xmx512m"] });
  await printStatusOf(server.address);
}

/** Ours first; a peer that cannot be had is a line of the output, not a failure. */
async function gather(
  address: string,
): Promise<{ contestants: Contestant[]; missing: string[] }> {
  const contestants = [
    inProcess("masterd", "/ours", await openMasterdClient(address)),
    inProcess("node-zookeeper-client (Deno)", "/pure", await openNodeZooKeeperClient(address)),
  ];
  const missing: string[] = [];
  try {
    contestants.push(viaNode(await NativeClient.start(address)));
  } catch (error) {
    missing.push(`missing: zookeeper (native, Node): ${(error as Error).message}`);
  }
  await createNodes(address, contestants);
  return { contestants, missing };
}

function inProcess(name: string, path: string, client: BenchClient): Contestant {
  return {
    name,
    path,
    run: (amounts) => runRound(client, path, amounts),
    close: () => client.close(),
    rounds: [],
  };
}

function viaNode(client: NativeClient): Contestant {
  const path = "/native";
  return {
    name: "zookeeper (native, Node)",
    path,
    run: (amounts) => client.runRound(path, amounts),
    close: () => client[Symbol.asyncDispose](),
    rounds: [],
  };
}

async function createNodes(address: string, contestants: readonly Contestant[]): Promise<void> {
  await using zk = await connect(address, { signal: AbortSignal.timeout(10_000) });
  for (const { path } of contestants) await zk.create(path, new Uint8Array(NODE_BYTES));
}

/** Who begins changes from round to round. */
async function runInTurn(contestants: readonly Contestant[], round: number): Promise<void> {
  for (let turn = 0; turn < contestants.length; turn++) {
    const contestant = contestants[(round + turn) % contestants.length]!;
    contestant.rounds.push(await contestant.run(MEASURED));
  }
}

function header(contestants: readonly Contestant[]): string[] {
  return ["", ...contestants.map((contestant) => contestant.name)];
}

function cells(row: Row, contestants: readonly Contestant[]): string[] {
  const figures = contestants.map((contestant) =>
    median(contestant.rounds.map((round) => round[row.figure]))
  );
  return [row.name, ...compareWithFirst(figures, row)];
}

async function printHandovers(address: string): Promise<void> {
  const tookMs = await measureHandovers(address, HANDOVERS);
  const worst = Math.max(...tookMs).toFixed(2);
  console.log(`graceful hand-over: median ${median(tookMs).toFixed(2)} ms, worst ${worst} ms`);
}

async function printDaemon(address: string): Promise<void> {
  if (!await isBuilt()) {
    console.log("missing: start and memory of the compiled program: dist/masterd is not built");
    return;
  }
  const { leaderAfterMs, idleMegabytes } = await measureDaemon(BINARY, address);
  console.log(`process start to leader: median ${leaderAfterMs.toFixed(0)} ms`);
  console.log(`resident memory of an idle master: ${idleMegabytes.toFixed(1)} MB`);
}

async function printStateOf(address: string): Promise<void> {
  if (await isBuilt()) await printState({ program: [BINARY], address });
  else console.log("missing: the state: dist/masterd is not built");
}

async function printStatusOf(address: string): Promise<void> {
  if (await isBuilt()) await printStatusLoad({ program: [BINARY], address });
  else console.log("missing: a leader under requests: dist/masterd is not built");
}

async function printCrashes(): Promise<void> {
  if (await isBuilt()) await printFailovers(BINARY);
  else console.log("missing: failovers of the compiled program: dist/masterd is not built");
}

async function printQuorumOf(): Promise<void> {
  if (await isBuilt()) await printQuorum({ program: [BINARY] });
  else console.log("missing: the embedded ZooKeeper server: dist/masterd is not built");
}

async function isBuilt(): Promise<boolean> {
  return await Deno.stat(BINARY).then(() => true, () => false);
}

await main();
