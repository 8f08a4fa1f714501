import assert from "node:assert/strict";
import { createLogger } from "../../../src/log/logger.ts";
import { checkState } from "../../../src/state/check.ts";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { bytesOf, StateMaster } from "./state_master.ts";

const LIMIT_MS = 300_000;
const ENTRIES = Number(Deno.env.get("ENTRIES") ?? 10_000);
const PARALLEL_PUTS = 50;

/** Does it and says, if it is asked to, how long it took and how much memory there is then. */
async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await act();
  if (!Deno.env.has("TIMES")) return result;
  const rss = Math.round(Deno.memoryUsage().rss / 1e6);
  console.log(`${what}: ${Math.round(performance.now() - begin)} ms, ${rss} MB`);
  return result;
}

Deno.test(`${ENTRIES} entries are listed, recovered, checked and collected`, async () => {
  await using server = await ZooKeeperServer.start();
  const path = await Deno.makeTempDir({ prefix: "masterd_state_" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(path, { recursive: true }));
  const signal = AbortSignal.timeout(LIMIT_MS);
  const logger = createLogger("storage", { write: () => {} });
  const storage = stack.use(new FileStorage(path, { timeoutMs: 10_000, logger }));
  const master = stack.use(await StateMaster.start(server.address, { storage, signal }));
  const { store } = master;
  await timed("put", async () => {
    for (let at = 0; at < ENTRIES; at += PARALLEL_PUTS) {
      await Promise.all(Array.from(
        { length: PARALLEL_PUTS },
        (_, index) => store.put(`entry-${at + index}`, bytesOf("x".repeat(100)), { signal }),
      ));
    }
  });
  const { entries } = await timed("list", () => store.reader.list({ signal }));
  assert.equal(entries.length, ENTRIES);
  assert.deepEqual(entries.map(({ name }) => name), entries.map(({ name }) => name).toSorted());
  const recovery = await timed("recover", () => store.recover({ required: ["entry-7"], signal }));
  assert.deepEqual(recovery, { entries: ENTRIES, broken: [], missing: [] });
  const report = await timed(
    "fsck with contents",
    () => checkState(store.reader, { readContents: true, signal }),
  );
  assert.equal(report.versions, ENTRIES);
  assert.deepEqual(report.problems, []);
  const orphan = `${path}/state-${report.stateId}/gone.1.1.0123456789abcdef`;
  await Deno.writeTextFile(orphan, "orphan");
  const collect = { graceMs: 0, isDryRun: false, signal };
  const { removed } = await timed("collect", () => store.collect(collect));
  assert.deepEqual(removed, [{ name: "gone.1.1.0123456789abcdef", length: 6 }]);
});
