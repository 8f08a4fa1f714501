import { delay } from "../../../src/async/delay.ts";
import { describeError } from "../../../src/log/logger.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import type { Reign } from "../chronicle.ts";
import type { Cluster } from "../cluster.ts";
import type { Fault } from "../faults.ts";
import { judgeHandover, type Outcome } from "../outcome.ts";
import { Account } from "./account.ts";
import { Counter } from "./counter.ts";
import { readVersion } from "./state_call.ts";
import { Examination } from "./examination.ts";
import type { Failover } from "./failovers.ts";
import { Tally } from "./tally.ts";
import { Writers } from "./writers.ts";

const LIMIT_MS = 60_000;
/** Until the fault, from when all writers are at work. */
const MAX_PHASE_MS = 1000;

/** What the writers of one cluster know, from its first run to its last. */
interface Books {
  cluster: Cluster;
  busy: readonly Account[];
  resting: readonly Account[];
  spare: Account;
  counter: Counter;
}

const { signal } = new AbortController();

/** Failovers under writers, one after another; each cluster's state goes on from run to run. */
export class StateRuns {
  readonly tally = new Tally();
  #books: Books | undefined;

  /** Leadership goes from one master to the next; then all that was acknowledged must be there. */
  async run(cluster: Cluster, failover: Failover, seed: number): Promise<Outcome> {
    const books = this.#booksOf(cluster);
    const { leader, reign: { epoch } } = await cluster.startAnew();
    const tally = new Tally();
    await using examination = await Examination.open(cluster);
    await using writers = new Writers(cluster, { ...books, tally, seed });
    const { leaders } = writers;
    const fault = failover.fault({ cluster, leader, epoch, leaders, spare: books.spare });
    writers.start();
    await writers.untilDone(epoch);
    await delay(randomSource(seed).below(MAX_PHASE_MS), { signal });
    const change = await failOver(fault, { books, epoch, examination, writers });
    writers.resume();
    await writers.untilAllDone();
    await writers.stop();
    const failures = await examine(books, { examination, writers, epoch: change.next.epoch });
    this.tally.add(tally);
    const outcome = judgeChange(cluster, failover, change);
    return { ...outcome, failures: [...outcome.failures, ...failures] };
  }

  #booksOf(cluster: Cluster): Books {
    if (this.#books?.cluster === cluster) return this.#books;
    const accounts = (names: readonly string[]) => names.map((name) => new Account(name));
    return this.#books = {
      cluster,
      busy: accounts(["busy-1", "busy-2", "busy-3"]),
      resting: accounts(Array.from({ length: 6 }, (_, index) => `resting-${index + 1}`)),
      spare: new Account("spare"),
      counter: new Counter("counter"),
    };
  }
}

/** From one leadership to the next. */
interface Change {
  beganMs: number;
  epoch: bigint;
  next: Reign;
}

/** The fault, from its beginning until everyone has found his place again. */
async function failOver(
  fault: Fault,
  { books: { cluster, resting }, epoch, examination, writers }: {
    books: Books;
    epoch: bigint;
    examination: Examination;
    writers: Writers;
  },
): Promise<Change> {
  const beganMs = cluster.options.clock.now();
  await fault.begin();
  writers.rest();
  const next = await cluster.reignAfter(epoch);
  await writers.untilDone(next.epoch);
  await observe(examination, resting, next.epoch);
  await fault.end();
  await cluster.settled();
  // What a former leader still does, it has done by now, and nobody else has written here.
  await observe(examination, resting, next.epoch);
  return { beganMs, epoch, next };
}

function judgeChange(
  cluster: Cluster,
  { isUnfair, mayOverlap }: Failover,
  change: Change,
): Outcome {
  if (!isUnfair) return judgeHandover(cluster, { ...change, mayOverlap });
  const takeoverMs = change.next.firstMs - change.beganMs;
  return { changes: 1, stops: 0, failures: [], takeoverMs };
}

async function observe(
  examination: Examination,
  accounts: readonly Account[],
  epoch: bigint,
): Promise<void> {
  for (const account of accounts) {
    try {
      account.observed(await examination.versions(account.name), epoch);
    } catch (error) {
      account.require(false, describeError(error));
    }
  }
}

async function observeCounter(examination: Examination, counter: Counter): Promise<void> {
  try {
    counter.observed(Number(await examination.text(counter.name) ?? 0));
  } catch (error) {
    counter.require(false, describeError(error));
  }
}

/** The leader must give what is there. */
async function requireRead(
  accounts: readonly Account[],
  { url, token }: { url: string; token: string },
): Promise<void> {
  for (const account of accounts) {
    const version = await readVersion(`${url}/${account.name}`, token);
    const found = `its leader gives version ${version}, not ${account.version}`;
    account.require(version === account.version, found);
  }
}

/** Looks at everything once nobody writes, and collects garbage; what is wrong. */
async function examine(
  { cluster, busy, resting, spare, counter }: Books,
  { examination, writers, epoch }: { examination: Examination; writers: Writers; epoch: bigint },
): Promise<string[]> {
  const accounts = [...busy, ...resting, spare];
  await observe(examination, accounts, epoch);
  const problems = await examination.problems();
  await observeCounter(examination, counter);
  const { url } = await writers.leaders.newest({ signal: AbortSignal.timeout(LIMIT_MS) });
  await requireRead(accounts, { url, token: cluster.token });
  const garbage = await until(async () => {
    await writers.collect(url);
    return await examination.garbageCount();
  }, (count) => count === 0).catch(() => "garbage is there after a collection without grace");
  if (typeof garbage === "string") problems.push(garbage);
  problems.push(...[...accounts, counter].flatMap(({ complaints }) => complaints.splice(0)));
  return problems;
}
