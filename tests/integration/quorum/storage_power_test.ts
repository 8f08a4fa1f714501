import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { type RandomSource, randomSource } from "../../unit/election/random_source.ts";
import { OpenedStore } from "../../unit/quorum/storage/opened_store.ts";
import { type FolderState, layOut, PowerlessFolder } from "./powerless_folder.ts";

/** LIVES=200 makes it a long one. */
const LIVES = Number(Deno.env.get("LIVES") ?? 2);
const STEPS = 20;
/** Longer than the log waits before it proves what it wrote last. */
const IDLE_MS = 120;
const OPTIONS = { segmentBytes: 4000, snapshotsKept: 2 };
const { signal } = new AbortController();

/** A moment at which it ends: what is left, and which records must and which may be there. */
interface Moment {
  readonly state: FolderState;
  readonly durable: bigint;
  readonly appended: bigint;
}

const textOf = (zxid: bigint) => `record ${zxid} ${"x".repeat(Number(zxid * 37n % 700n))}`;

/** The newest record of a store that gave back all up to it, and nothing else. */
function newestOf({ store, snapshot, records }: OpenedStore): bigint {
  let zxid = BigInt(/^state (\d+) y*$/.exec(snapshot ?? "state 0 ")![1]!);
  for (const [found, text] of records) assert.deepEqual([found, text], [++zxid, textOf(zxid)]);
  assert.equal(store.durableZxid, zxid);
  return zxid;
}

/** Goes on after an end, writes at random, and collects what ends on the way would leave. */
async function live(path: string, before: Moment, random: RandomSource): Promise<Moment[]> {
  const moments: Moment[] = [];
  let durable = () => before.durable;
  let { appended } = before;
  const end = () => {
    moments.push({ state: folder.state(random), durable: durable(), appended });
  };
  const changed = () => {
    if (random.below(12) === 0) end();
  };
  using folder = await PowerlessFolder.create(path, before.state, changed);
  const opened = await OpenedStore.open(path, OPTIONS);
  durable = () => opened.store.durableZxid;
  appended = newestOf(opened);
  // What a start has shown must not go any more.
  end();
  for (let step = 0; step < STEPS; step++) {
    for (let count = random.below(4); count > 0; count--) {
      opened.append(++appended, textOf(appended));
    }
    if (random.below(3) > 0) await opened.durable(appended);
    if (random.below(4) === 0) {
      await opened.takeSnapshot(`state ${appended} `, "y".repeat(random.below(3000)));
    }
    if (random.below(8) === 0) await delay(IDLE_MS, { signal });
  }
  end();
  await opened.store.close();
  end();
  return moments;
}

async function assertRecovers(
  path: string,
  { state, durable, appended }: Moment,
): Promise<void> {
  await layOut(path, state.durable);
  let newest: bigint;
  {
    await using opened = await OpenedStore.open(path, OPTIONS);
    newest = newestOf(opened);
    assert.ok(newest >= durable && newest <= appended, `${durable} ${newest} ${appended}`);
    opened.append(++newest, textOf(newest));
  }
  await using again = await OpenedStore.open(path, OPTIONS);
  assert.equal(newestOf(again), newest);
}

Deno.test(`what was durable survives the loss of power at any moment of ${LIVES} lives`, async () => {
  const random = randomSource();
  await using folder = await TestFolder.create();
  let before: Moment = {
    state: { shown: new Map(), durable: new Map() },
    durable: 0n,
    appended: 0n,
  };
  for (let life = 0; life < LIVES; life++) {
    const moments = await live(folder.path(`life-${life}`), before, random);
    for (const [at, moment] of moments.entries()) {
      const path = folder.path(`life-${life}-${at}`);
      await assertRecovers(path, moment).catch((cause) => {
        throw new Error(`${random.seed}, moment ${at} of life ${life}`, { cause });
      });
      await Deno.remove(path, { recursive: true });
    }
    before = moments[random.below(moments.length)]!;
    // The next life begins after the loss of power, or after the process alone was killed.
    const { state: { durable } } = before;
    if (random.below(2) === 0) before = { ...before, state: { shown: durable, durable } };
  }
});
