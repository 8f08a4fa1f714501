import { compareWithFirst } from "../comparison.ts";
import { median, percentile } from "../statistics.ts";
import { formatTable } from "../table.ts";
import { Contestant, type SingleTimes } from "./contestant.ts";
import type { LoadFigures } from "./load_process.ts";
import {
  apache,
  BenchServer,
  embedded,
  leanApache,
  type MemoryFigures,
  type ServerKind,
  type StartFigures,
} from "./server.ts";

const [STARTS, ROUNDS, IDLE_MS] = [9, 7, 5000];
// Until the JVM has compiled what is used often.
const WARM_UP = {
  singles: { reads: 3000, writes: 1000 },
  load: { reads: 100_000, writes: 40_000, fanOuts: 30 },
};
// In short turns: the disk is now fast and now slow, and is to be so for all.
const [SINGLE_TURNS, SINGLES] = [60, { reads: 200, writes: 50 }];
const LOAD = { reads: 20_000, writes: 10_000, fanOuts: 20 };

interface Row<Figures> {
  name: string;
  figure: keyof Figures;
  isLessBetter: boolean;
  digits?: number;
}

const START_ROWS: readonly Row<StartFigures>[] = [
  { name: "process start to the first answer, ms", figure: "answerMs", isLessBetter: true },
  { name: "process start to the first session, ms", figure: "sessionMs", isLessBetter: true },
];

const MEMORY_ROWS: readonly Row<MemoryFigures>[] = [
  { name: "resident memory, MB", figure: "residentMegabytes", isLessBetter: true },
  { name: "of that not files, MB", figure: "ownMegabytes", isLessBetter: true },
];

const SINGLE_ROWS: readonly (keyof SingleTimes)[] = ["getData", "setData", "create"];

const LOAD_ROWS: readonly Row<LoadFigures>[] = [
  {
    name: "getData, 100 outstanding, 1 connection, per second",
    figure: "readsPerSecond",
    isLessBetter: false,
  },
  {
    name: "getData, 100 outstanding, 10 connections, per second",
    figure: "spreadReadsPerSecond",
    isLessBetter: false,
  },
  {
    name: "setData, 100 outstanding, 1 connection, per second",
    figure: "writesPerSecond",
    isLessBetter: false,
  },
  {
    name: "setData, 100 outstanding, 10 connections, per second",
    figure: "spreadWritesPerSecond",
    isLessBetter: false,
  },
  {
    name: "a write until 1,000 watches of 100 connections told, ms",
    figure: "fanOutMs",
    isLessBetter: true,
    digits: 1,
  },
];

export interface QuorumBenchOptions {
  /** The words that start masterd. */
  program: readonly string[];
}

/** Measures the embedded ZooKeeper server beside Apache's, both with each write synced to the disk. */
export async function printQuorum({ program }: QuorumBenchOptions): Promise<void> {
  const kinds = [embedded("masterd", program), apache(), leanApache()];
  const fromSources = embedded("sources", [Deno.execPath(), "run", "--allow-all", sources()]);
  const starts = await measureStarts([...kinds, fromSources]);
  const { idle, singles, rounds, loaded } = await measureLoad(kinds);
  console.log(
    "The embedded ZooKeeper server beside Apache's, fsync on in both: interleaved rounds, medians; " +
      '"2.0x": ours is twice as good.',
  );
  console.log(formatTable([
    ["", ...kinds.map(({ name }) => name)],
    ...rowsOf(START_ROWS, starts.slice(0, kinds.length)),
    ["idle"],
    ...rowsOf(MEMORY_ROWS, idle),
    ["under load"],
    ...SINGLE_ROWS.flatMap((name) => singleRows(name, singles)),
    ...rowsOf(LOAD_ROWS, rounds),
    ["after the load"],
    ...rowsOf(MEMORY_ROWS, loaded),
  ]));
  const sessionMs = median(starts.at(-1)!.map((start) => start.sessionMs));
  console.log(
    `from its sources the embedded one has a first session after ${sessionMs.toFixed(0)} ms`,
  );
}

function sources(): string {
  return new URL("../../main.ts", import.meta.url).pathname;
}

/** For each kind the figures of its starts, all on new folders. */
async function measureStarts(kinds: readonly ServerKind[]): Promise<StartFigures[][]> {
  const figures: StartFigures[][] = kinds.map(() => []);
  for (let round = 0; round < STARTS; round++) {
    for (const turn of turnsOf(round, kinds.length)) {
      await using server = await BenchServer.start(kinds[turn]!);
      figures[turn]!.push(server.startFigures);
    }
  }
  return figures;
}

/** For each kind its figures. */
interface LoadResult {
  idle: MemoryFigures[][];
  loaded: MemoryFigures[][];
  singles: SingleTimes[];
  rounds: LoadFigures[][];
}

async function measureLoad(kinds: readonly ServerKind[]): Promise<LoadResult> {
  const idle = await Promise.all(kinds.map(measureIdle));
  await using stack = new AsyncDisposableStack();
  const contestants: Contestant[] = [];
  for (const kind of kinds) contestants.push(stack.use(await Contestant.start(kind)));
  for (const contestant of contestants) await warmUp(contestant);
  const singles = await measureSingles(contestants);
  const rounds: LoadFigures[][] = kinds.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const turn of turnsOf(round, kinds.length)) {
      rounds[turn]!.push(await contestants[turn]!.load(LOAD));
    }
  }
  const loaded = await Promise.all(
    contestants.map(async ({ server }) => [await server.memory()]),
  );
  return { idle, singles, rounds, loaded };
}

async function measureIdle(kind: ServerKind): Promise<MemoryFigures[]> {
  await using server = await BenchServer.start(kind);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return [await server.memory()];
}

async function warmUp(contestant: Contestant): Promise<void> {
  await contestant.singles(WARM_UP.singles, noTimes());
  await contestant.load(WARM_UP.load);
}

async function measureSingles(contestants: readonly Contestant[]): Promise<SingleTimes[]> {
  const times = contestants.map(noTimes);
  for (let round = 0; round < SINGLE_TURNS; round++) {
    for (const turn of turnsOf(round, contestants.length)) {
      await contestants[turn]!.singles(SINGLES, times[turn]!);
    }
  }
  return times;
}

function noTimes(): SingleTimes {
  return { getData: [], setData: [], create: [] };
}

/** Who begins changes from round to round. */
function turnsOf(round: number, count: number): number[] {
  return Array.from({ length: count }, (_, turn) => (round + turn) % count);
}

function rowsOf<Figures>(
  rows: readonly Row<Figures>[],
  figures: readonly (readonly Figures[])[],
): string[][] {
  return rows.map(({ name, figure, ...comparison }) => {
    const medians = figures.map((rounds) => median(rounds.map((round) => round[figure] as number)));
    return [name, ...compareWithFirst(medians, comparison)];
  });
}

function singleRows(name: keyof SingleTimes, singles: readonly SingleTimes[]): string[][] {
  return [0.5, 0.99].map((share) => {
    const figures = singles.map((times) => percentile(times[name], share));
    const title = `${name}, one after another, p${share * 100} us`;
    return [title, ...compareWithFirst(figures, { isLessBetter: true })];
  });
}
