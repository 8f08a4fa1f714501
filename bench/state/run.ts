import { inParallel } from "../../src/async/in_parallel.ts";
import type { Bytes } from "../../src/storage/storage.ts";
import { median, percentile } from "../statistics.ts";
import { formatTable } from "../table.ts";
import { CountedSockets } from "./counted_sockets.ts";
import type { WalkFigures } from "./many_entries.ts";
import { OpenStore } from "./open_store.ts";
import { apiPutter, barePutter, onePiece, type Putter, storePutter } from "./putters.ts";
import { StateMaster } from "./state_master.ts";

const SMALL_BYTES = 1024;
const [ROUNDS, PUTS] = [7, 200];
const [ENTRIES, WRITERS] = [10_000, 32];
const LARGE_BYTES = 100_000_000;
const PIECE_BYTES = 64 * 1024;
const MANY = { root: "/many", clusterId: "/entries" };

export interface StateBenchOptions {
  /** The words that start masterd. */
  program: readonly string[];
  address: string;
}

/** Measures the state: small puts beside the least they could be, many entries, a large one. */
export async function printState(options: StateBenchOptions): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "masterd_bench_" });
  try {
    await printPuts({ ...options, folder });
    await printRoundTrips({ ...options, folder });
    await printManyEntries({ ...options, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface FolderOptions extends StateBenchOptions {
  folder: string;
}

/** Those compared put in turn, so that a busy moment of the machine or of its disk hits all alike. */
async function printPuts(options: FolderOptions): Promise<void> {
  await using master = await StateMaster.start({ ...options, root: "/api", clusterId: "/one" });
  await using stack = new AsyncDisposableStack();
  const putters = [
    stack.use(await barePutter(options)),
    stack.use(await storePutter(options)),
    stack.use(apiPutter(master)),
  ];
  const tookMs = new Map<Putter, number[]>(putters.map((putter) => [putter, []]));
  for (const putter of putters) await putAgainAndAgain(putter);
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < putters.length; turn++) {
      const putter = putters[(round + turn) % putters.length]!;
      tookMs.get(putter)!.push(...await putAgainAndAgain(putter));
    }
  }
  const [bare = []] = tookMs.values();
  const rows = [...tookMs].map(([{ name }, ms]) => [name, ...compared(ms, bare)]);
  console.log(
    `put of 1 KiB on the disk of ${options.folder}, ${ROUNDS * PUTS} each, in turn; ` +
      '"2.0x": takes twice as long as the first',
  );
  console.log(formatTable([["", "p50 ms", "p99 ms"], ...rows]));
  await printLarge(master);
}

async function putAgainAndAgain(putter: Putter): Promise<number[]> {
  const tookMs: number[] = [];
  for (let count = 0; count < PUTS; count++) {
    const content = crypto.getRandomValues(new Uint8Array(SMALL_BYTES));
    const startMs = performance.now();
    await putter.put(content);
    tookMs.push(performance.now() - startMs);
  }
  return tookMs;
}

function compared(ms: readonly number[], bare: readonly number[]): string[] {
  return [0.5, 0.99].map((share) => {
    const [own, least] = [percentile(ms, share), percentile(bare, share)];
    return `${own.toFixed(2)} ${(own / least).toFixed(1)}x`;
  });
}

async function printRoundTrips({ address, folder }: FolderOptions): Promise<void> {
  const sockets = new CountedSockets();
  await using open = await OpenStore.open({ address, folder, namespace: "/counted", sockets });
  const { signal } = new AbortController();
  const put = async (expect?: { version: bigint }) => {
    const content = onePiece(new Uint8Array(SMALL_BYTES));
    return (await open.store.put("entry", content, { expect, signal })).entry.version;
  };
  let version = await put();
  const plain = await counted(sockets, async () => void (version = await put()));
  const conditional = await counted(sockets, async () => void (version = await put({ version })));
  console.log(
    `ZooKeeper round trips of a put: median ${plain}; with the version it expects: ${conditional}`,
  );
}

async function counted(sockets: CountedSockets, put: () => Promise<void>): Promise<string> {
  const roundTrips: number[] = [];
  const requests: number[] = [];
  for (let count = 0; count < PUTS; count++) {
    const before = { ...sockets };
    await put();
    roundTrips.push(sockets.roundTrips - before.roundTrips);
    requests.push(sockets.requests - before.requests);
  }
  const most = Math.max(...roundTrips);
  return `${median(roundTrips)}, most ${most} (${median(requests)} requests)`;
}

async function printLarge(master: StateMaster): Promise<void> {
  const before = await master.memory();
  const writtenMs = await timed(() => master.put("large", largeContent()));
  const readMs = await timed(() => master.readLength("large"));
  const after = await master.memory();
  const rate = (ms: number) => (LARGE_BYTES / 1e6 / (ms / 1000)).toFixed(0);
  const grown = after.peakMegabytes - before.nowMegabytes;
  console.log(
    `entry of ${LARGE_BYTES / 1e6} MB over HTTP: written with ${rate(writtenMs)} MB/s, read with ` +
      `${rate(readMs)} MB/s; resident memory of the master: ${before.nowMegabytes.toFixed(0)} MB ` +
      `before, ${after.peakMegabytes.toFixed(0)} MB at most (+${grown.toFixed(0)} MB)`,
  );
}

async function* largeContent(): Bytes & AsyncGenerator<Uint8Array> {
  for (let left = LARGE_BYTES; left > 0; left -= PIECE_BYTES) {
    yield new Uint8Array(Math.min(left, PIECE_BYTES));
  }
}

async function printManyEntries(options: FolderOptions): Promise<void> {
  const namespace = `${MANY.root}${MANY.clusterId}`;
  const filledMs = await timed(() => fill({ ...options, namespace }));
  const figures = await walk({ ...options, namespace });
  const startMs = performance.now();
  await using master = await StateMaster.start({ ...options, ...MANY });
  const startedMs = performance.now() - startMs;
  const listMs = await timed(() => master.count());
  const { peakMegabytes } = await master.memory();
  const { entries } = figures;
  console.log(
    `${entries} entries of 1 KiB, written by ${WRITERS} at once in ${filledMs.toFixed(0)} ms`,
  );
  console.log(formatTable([
    ["", "ms", "resident MB, at most"],
    ...walkRows(figures),
    row("start of a master until the state is recovered", startedMs),
    row("list over HTTP", listMs, peakMegabytes),
  ]));
}

function walkRows(figures: WalkFigures): string[][] {
  return [
    ["before", "", figures.beforeMegabytes.toFixed(0)],
    row("list", figures.listMs, figures.listMegabytes),
    row("recover", figures.recoverMs, figures.recoverMegabytes),
    row("fsck, no content read", figures.quickCheckMs),
    row("fsck", figures.checkMs, figures.checkMegabytes),
  ];
}

function row(name: string, ms: number, megabytes?: number): string[] {
  return [name, ms.toFixed(0), megabytes?.toFixed(0) ?? ""];
}

async function fill(
  { address, folder, namespace }: FolderOptions & { namespace: string },
): Promise<void> {
  await using open = await OpenStore.open({ address, folder, namespace });
  const { signal } = new AbortController();
  const names = Array.from({ length: ENTRIES }, (_, index) => `entry-${index}`);
  await inParallel(names, WRITERS, async (name) => {
    await open.store.put(name, onePiece(new Uint8Array(SMALL_BYTES)), { signal });
  });
}

/** In a process of its own: its memory is that of the walk. */
async function walk(
  { address, folder, namespace }: FolderOptions & { namespace: string },
): Promise<WalkFigures> {
  const script = new URL("./many_entries.ts", import.meta.url).pathname;
  const args = ["run", "--allow-all", "--no-check", script, address, folder, namespace];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`The walk failed:\n${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}

async function timed(step: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await step();
  return performance.now() - startMs;
}
