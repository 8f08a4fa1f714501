import assert from "node:assert/strict";
import { randomSource } from "../election/random_source.ts";
import { pointersIn } from "./state_history.ts";
import { type ModelOptions, StateModel } from "./state_model.ts";
import { StateWorkload } from "./state_workload.ts";

const RUNS = Number(Deno.env.get("RUNS") ?? 300);
const FOREVER = new AbortController().signal;

const WORLDS: Record<string, ModelOptions> = {
  "leaders that come and go": { steps: 250, troubleEvery: 10, storageFaultEvery: 25 },
  "a leader on a bad network": { steps: 250, troubleEvery: 60, storageFaultEvery: 200 },
  "a storage that fails often": { steps: 250, troubleEvery: 40, storageFaultEvery: 4 },
};

/** What was wrong in one run, in the order in which it was seen. */
async function violations(seed: number, options: ModelOptions): Promise<readonly string[]> {
  const random = randomSource(seed);
  const model = new StateModel(random, options);
  const workload = new StateWorkload(model, random);
  const { history } = model;
  model.elect();
  await model.run(workload.begin);
  await model.calmDown();
  const crashed = model.leaders.filter(({ state }) => state === "crashed").map(({ latch }) =>
    latch
  );
  for (const label of workload.hanging) {
    const isOfCrashed = crashed.some((latch) => label.endsWith(latch));
    history.require(isOfCrashed, `${label} never came to an end`);
  }
  workload.check();
  await checkEnd(model);
  return history.violations;
}

async function checkEnd(model: StateModel): Promise<void> {
  const { history } = model;
  const { store } = model.elect();
  const work = async () => {
    const recovery = await store.recover({ required: [], signal: FOREVER });
    history.require(recovery.broken.length === 0, `broken: ${Deno.inspect(recovery.broken)}`);
    await store.collect({ graceMs: 0, isDryRun: false, signal: FOREVER });
    const { entries } = await store.reader.list({ signal: FOREVER });
    for (const { name, version } of entries) {
      history.require(history.current(name) === version, `${name} is not what was written last`);
    }
    const identity = await store.reader.identity({ signal: FOREVER });
    return identity?.stateId;
  };
  let stateId: string | undefined;
  let isDone = false;
  const working = work().then((id) => {
    stateId = id;
    isDone = true;
  });
  working.catch((error) => history.require(false, `the end failed: ${Deno.inspect(error)}`));
  await model.finish();
  history.require(isDone, "the end never came");
  const pointers = pointersIn(model.ensemble.tree);
  history.require(pointers.every(([, { isDeleted }]) => !isDeleted), "a deletion is unfinished");
  const used = pointers.flatMap(([, { versions }]) => versions.map(({ blob }) => blob));
  const kept = [...model.blobs.keys()]
    .filter((name) => name.startsWith(`state-${stateId}/`) && !name.endsWith("/marker"))
    .map((name) => name.slice(name.indexOf("/") + 1));
  history.require(
    used.toSorted().join() === kept.toSorted().join(),
    `blobs ${kept} are not those that pointers lead to: ${used}`,
  );
}

for (const [name, options] of Object.entries(WORLDS)) {
  Deno.test(`StateStore keeps its promises with ${name}`, async () => {
    const random = randomSource();
    for (let run = 0; run < RUNS; run++) {
      const seed = random.below(2 ** 31);
      const found = await violations(seed, options);
      assert.deepEqual(found, [], `${random.seed}, run ${run}, seed ${seed}`);
    }
  });
}
