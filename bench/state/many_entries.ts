/**
 * Lists, recovers and checks a state in a process of its own, and prints what that took as JSON.
 * Arguments: address of ZooKeeper, folder of the storages, namespace.
 */
import { checkState } from "../../src/state/check.ts";
import type { StateStore } from "../../src/state/state_store.ts";
import { residentMegabytes } from "./memory.ts";
import { OpenStore } from "./open_store.ts";

/** What a walk through all entries took. */
export interface WalkFigures {
  entries: number;
  listMs: number;
  recoverMs: number;
  /** Without reading any content, and with. */
  quickCheckMs: number;
  checkMs: number;
  /** Resident memory before, and the most there was, up to each step. */
  beforeMegabytes: number;
  listMegabytes: number;
  recoverMegabytes: number;
  checkMegabytes: number;
}

const LIMIT_MS = 300_000;

async function walk(store: StateStore): Promise<WalkFigures> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { reader } = store;
  const check = async (readContents: boolean) => {
    const { problems } = await checkState(reader, { readContents, signal });
    if (problems.length > 0) throw new Error(`The state is broken: ${Deno.inspect(problems[0])}`);
  };
  const { nowMegabytes: beforeMegabytes } = await residentMegabytes(Deno.pid);
  let entries = 0;
  const listMs = await timed(async () => entries = (await reader.list({ signal })).entries.length);
  const listMegabytes = await peak();
  const recoverMs = await timed(() => store.recover({ required: [], signal }));
  const recoverMegabytes = await peak();
  const quickCheckMs = await timed(() => check(false));
  const checkMs = await timed(() => check(true));
  const checkMegabytes = await peak();
  const times = { listMs, recoverMs, quickCheckMs, checkMs };
  return {
    entries,
    ...times,
    ...{ beforeMegabytes, listMegabytes, recoverMegabytes, checkMegabytes },
  };
}

async function timed(step: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await step();
  return performance.now() - startMs;
}

async function peak(): Promise<number> {
  return (await residentMegabytes(Deno.pid)).peakMegabytes;
}

async function main([address, folder, namespace]: readonly string[]): Promise<void> {
  const place = { address: address!, folder: folder!, namespace: namespace! };
  await using open = await OpenStore.open(place);
  console.log(JSON.stringify(await walk(open.store)));
}

if (import.meta.main) await main(Deno.args);
