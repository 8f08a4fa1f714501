import process from "node:process";
import { percentile } from "./statistics.ts";

/** What every client under comparison must be able to do. */
export interface BenchClient {
  getData(path: string): Promise<unknown>;
  createEphemeral(path: string): Promise<unknown>;
  remove(path: string): Promise<unknown>;
  close(): Promise<void>;
}

/** How much work one round is. */
export interface Amounts {
  sequentialReads: number;
  outstandingReads: number;
  ephemerals: number;
}

/** What one round of one client gave. */
export interface RoundFigures {
  readP50Us: number;
  readP99Us: number;
  outstandingReadsPerSecond: number;
  /** Processor time of the client's process, user and system, with 100 reads outstanding. */
  cpuPerReadUs: number;
  ephemeralsPerSecond: number;
}

const OUTSTANDING = 100;

/** Does all workloads once; `path` is a node to read, and a folder of nodes to come. */
export async function runRound(
  client: BenchClient,
  path: string,
  amounts: Amounts,
): Promise<RoundFigures> {
  const latenciesUs = await readOneAfterAnother(client, path, amounts.sequentialReads);
  const startUs = cpuUs();
  const outstandingReadsPerSecond = await readManyAtOnce(client, path, amounts.outstandingReads);
  const cpuPerReadUs = (cpuUs() - startUs) / amounts.outstandingReads;
  return {
    readP50Us: percentile(latenciesUs, 0.5),
    readP99Us: percentile(latenciesUs, 0.99),
    outstandingReadsPerSecond,
    cpuPerReadUs,
    ephemeralsPerSecond: await createAndDelete(client, path, amounts.ephemerals),
  };
}

async function readOneAfterAnother(
  client: BenchClient,
  path: string,
  count: number,
): Promise<number[]> {
  const latenciesUs: number[] = [];
  for (let index = 0; index < count; index++) {
    const startMs = performance.now();
    await client.getData(path);
    latenciesUs.push((performance.now() - startMs) * 1000);
  }
  return latenciesUs;
}

async function readManyAtOnce(client: BenchClient, path: string, count: number): Promise<number> {
  let left = count;
  const reader = async () => {
    while (left-- > 0) await client.getData(path);
  };
  return await perSecond(count, () => Promise.all(Array.from({ length: OUTSTANDING }, reader)));
}

async function createAndDelete(client: BenchClient, path: string, count: number): Promise<number> {
  return await perSecond(count, async () => {
    for (let index = 0; index < count; index++) {
      await client.createEphemeral(`${path}/${index}`);
      await client.remove(`${path}/${index}`);
    }
  });
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return count / ((performance.now() - startMs) / 1000);
}
