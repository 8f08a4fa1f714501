import { OpenedStore } from "../../unit/quorum/storage/opened_store.ts";

// Takes a snapshot of so many bytes between two records, and tells what came of each.
const [folder, bytes] = Deno.args;
await using opened = await OpenedStore.open(folder!);
await opened.write(1n, "one");
await opened.takeSnapshot(..."x".repeat(Number(bytes)).match(/.{1,65536}/g)!)
  .catch((error) => console.log(`${error.name} ${error.code} ${error.message}`));
await opened.write(2n, "two");
console.log(`durable ${opened.store.durableZxid}`);
for await (const { name } of Deno.readDir(folder!)) {
  if (name.includes("snapshot")) console.log(name);
}
