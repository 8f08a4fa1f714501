import { createLogger } from "../../../src/log/logger.ts";
import { StorageFailedError, Store } from "../../../src/quorum/storage/mod.ts";

/** How many records may be on their way to the disk at once. */
const OUTSTANDING = 20n;

/** The content of a record: not always the same, and of any length up to 3 KB. */
export function contentOf(zxid: bigint): string {
  return `record ${zxid} `.repeat(Number(zxid * 7919n % 200n) + 1);
}

// Appends without end, and tells in lines what is durable and how snapshots and the log failed.
if (import.meta.main) {
  const [folder, recordsPerSnapshot, segmentBytes] = Deno.args;
  const { store, snapshot, records } = await Store.open(
    folder!,
    { segmentBytes: Number(segmentBytes), logger: createLogger("child") },
    new AbortController().signal,
  );
  if (snapshot !== null) await Array.fromAsync(snapshot);
  let last = 0n;
  for await (const { zxid } of records) last = zxid;
  if (last < store.durableZxid) last = store.durableZxid;
  const append = () => store.append(++last, new TextEncoder().encode(contentOf(last)));
  let snapshotAt = last + BigInt(recordsPerSnapshot!);
  let taking: Promise<void> | undefined;
  store.onDurable((zxid) => {
    Deno.stdout.writeSync(new TextEncoder().encode(`durable ${zxid}\n`));
    if (zxid >= snapshotAt && taking === undefined) {
      snapshotAt = zxid + BigInt(recordsPerSnapshot!);
      taking = takeSnapshot(store, last).finally(() => taking = undefined);
    }
    while (last < zxid + OUTSTANDING) append();
  });
  store.failed.addEventListener("abort", () => {
    const { code, message } = store.failed.reason as StorageFailedError;
    console.log(`failed ${code} ${message}`);
    Deno.exit(74);
  });
  console.log(`durable ${last}`);
  append();
}

async function takeSnapshot(store: Store, zxid: bigint): Promise<void> {
  const pieces = Array.from({ length: 40 }, () => new TextEncoder().encode(`state ${zxid} `));
  await store.snapshot(pieces);
  console.log(`snapshot ${zxid}`);
}
