import { until } from "../../support/until.ts";
import { type Fault, freeze } from "../faults.ts";
import { contentOf } from "./content.ts";
import type { Scene } from "./failovers.ts";
import { HalfSentPut } from "./half_sent_put.ts";
import { sendWrite } from "./state_call.ts";

const LIMIT_MS = 20_000;

/**
 * The leader is frozen with half of a put in its hands. Once another leads, and has written the entry,
 * it thaws and gets the rest: it must refuse it.
 */
export function latePut(scene: Scene): Fault {
  const { begin, end } = freeze(scene.leader);
  let put: HalfSentPut | undefined;
  return {
    name: "half a put, SIGSTOP, the other half",
    begin: async () => {
      put = await beginPut(scene);
      await begin();
    },
    end: async () => {
      using late = put!;
      await overwrite(scene);
      await end();
      await requireRefused(scene, late);
    },
  };
}

async function beginPut({ cluster, epoch, leaders, spare }: Scene): Promise<HalfSentPut> {
  const { token, storageFolder } = cluster;
  const { url } = await leaders.from(epoch, { signal: AbortSignal.timeout(LIMIT_MS) });
  const isOfOther = unfinishedIn(storageFolder);
  const put = await HalfSentPut.begin(spare, { url, token, epoch });
  const isTaken = () => [...unfinishedIn(storageFolder)].some((name) => !isOfOther.has(name));
  await until(isTaken, Boolean, { limitMs: LIMIT_MS, intervalMs: 2 });
  return put;
}

async function overwrite({ cluster: { token }, epoch, leaders, spare }: Scene): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const next = await leaders.from(epoch + 1n, { signal });
  const write = spare.begin("put", next.epoch);
  const content = contentOf(spare.name, write.number, 1024);
  const options = { url: next.url, token, patienceMs: LIMIT_MS, signal };
  const answer = await sendWrite(spare.name, write, content, options);
  if (answer.kind === "written") spare.written(write, answer.told);
  else spare.require(false, `put ${write.number} was not done: ${Deno.inspect(answer)}`);
}

async function requireRefused({ spare }: Scene, put: HalfSentPut): Promise<void> {
  const { write } = put;
  const answer = await put.finish();
  const told = Deno.inspect(answer);
  spare.require(answer.kind === "refused", `late put ${write.number} was answered ${told}`);
  if (answer.kind === "refused") spare.refused(write);
  if (answer.kind === "written") spare.written(write, answer.told);
}

function unfinishedIn(folder: string): Set<string> {
  const names = new Set<string>();
  for (const { name: state, isDirectory } of Deno.readDirSync(folder)) {
    if (!isDirectory) continue;
    for (const { name } of Deno.readDirSync(`${folder}/${state}`)) {
      if (name.startsWith(".")) names.add(name);
    }
  }
  return names;
}
