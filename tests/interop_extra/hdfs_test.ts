import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createLogger } from "../../src/log/logger.ts";
import { HadoopConfiguration } from "../../src/storage/hdfs/hadoop_configuration.ts";
import { DataNodes } from "../../src/storage/hdfs/data_nodes.ts";
import { openHdfsStorage } from "../../src/storage/hdfs/hdfs_storage.ts";
import { Identity } from "../../src/storage/hdfs/identity.ts";
import { findNameNodes } from "../../src/storage/hdfs/name_node_addresses.ts";
import { NameNodes } from "../../src/storage/hdfs/name_nodes.ts";
import { WebHdfs } from "../../src/storage/hdfs/webhdfs.ts";
import type { HdfsOptions, StorageLocation } from "../../src/storage/open.ts";
import { until } from "../support/until.ts";
import { failureOf, pieces, whole } from "../integration/storage/hdfs_folder.ts";
import { HdfsCluster } from "./hdfs_cluster.ts";

const MEGABYTE = 1_048_576;

const { signal } = new AbortController();
let cluster: HdfsCluster;

Deno.test.beforeAll(async () => {
  cluster = await HdfsCluster.start();
});

Deno.test.afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** A test of its own. What the cluster's process says is read all the time, also beyond a test. */
function fact(name: string, act: () => Promise<void>): void {
  Deno.test({ name, fn: act, sanitizeOps: false });
}

function open(options: Partial<HdfsOptions> & { url?: string } = {}) {
  const { url = "hdfs:///flink/recovery", ...hdfs } = options;
  const [scheme] = url.split(":") as [StorageLocation["scheme"]];
  return openHdfsStorage({ scheme, url, path: "/flink/recovery" }, {
    timeoutMs: 30_000,
    logger: createLogger("test", { level: "error" }),
    s3: { pathStyle: false },
    hdfs: { nameNodes: [], confDir: cluster.confDir, user: "masterd", ...hdfs },
  });
}

async function openWebHdfs(): Promise<WebHdfs> {
  const location = { scheme: "hdfs", url: "hdfs:///", path: "/" } as const;
  const addresses = await findNameNodes(location, { nameNodes: [], confDir: cluster.confDir });
  const logger = createLogger("test", { level: "error" });
  const options = { identity: new Identity({ user: "masterd" }), timeoutMs: 30_000, logger };
  return new WebHdfs(new NameNodes(addresses, options), new DataNodes(options));
}

/** A blob that nobody else writes. */
function newName(folder = "state-1"): string {
  return `${folder}/blob.${crypto.randomUUID()}`;
}

async function text(content: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await whole(content));
}

async function* words(content: string): AsyncGenerator<Uint8Array, void, void> {
  yield await Promise.resolve(new TextEncoder().encode(content));
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

fact("what is written is read, listed and deleted, and folders are made", async () => {
  await using storage = await open();
  const name = newName("state-first");
  assert.deepEqual(await Array.fromAsync(storage.list("state-first", { signal })), []);
  await storage.write(name, pieces(100_000), { signal });
  assert.deepEqual(await whole(storage.read(name, { signal })), await whole(pieces(100_000)));
  assert.deepEqual(await Array.fromAsync(storage.list("state-first", { signal })), [
    { name: name.split("/")[1], length: 100_000 },
  ]);
  await storage.delete(name, { signal });
  await storage.delete(name, { signal });
  await failureOf(whole(storage.read(name, { signal })), "not-found");
  assert.deepEqual(await Array.fromAsync(storage.list("state-first", { signal })), []);
});

fact("an empty blob is written and read", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, pieces(0), { signal });
  assert.equal(await text(storage.read(name, { signal })), "");
});

fact("every form of the URL leads to the same folder", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, words("same"), { signal });
  const configuration = await HadoopConfiguration.read(cluster.confDir);
  const rpc = configuration.get("dfs.namenode.rpc-address.minidfs-ns.nn1");
  const http = configuration.get("dfs.namenode.http-address.minidfs-ns.nn1");
  const authorities = ["hdfs://minidfs-ns", `hdfs://${rpc}`, `webhdfs://${http}`];
  for (const authority of authorities) {
    await using other = await open({ url: `${authority}/flink/recovery` });
    assert.equal(await text(other.read(name, { signal })), "same");
  }
});

fact("of many writers of one name exactly one wins", async () => {
  await using storage = await open();
  const name = newName();
  const writes = Array.from(
    { length: 8 },
    (_, index) => storage.write(name, words(`writer ${index}`), { signal }).then(() => index),
  );
  const results = await Promise.allSettled(writes);
  const winners = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  assert.equal(winners.length, 1);
  for (const write of writes) {
    if (write !== writes[winners[0]!]) await failureOf(write, "exists");
  }
  assert.equal(await text(storage.read(name, { signal })), `writer ${winners[0]}`);
});

fact("100 MiB go there and back, each byte in its place", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, pieces(100 * MEGABYTE), { signal });
  const read = await digestOf(storage.read(name, { signal }));
  assert.equal(read, await digestOf(pieces(100 * MEGABYTE)));
  await storage.delete(name, { signal });
});

fact("a folder of 2,500 files is listed page by page", async () => {
  await using storage = await open();
  await cluster.order("files /flink/recovery/state-many 2500");
  const infos = await Array.fromAsync(storage.list("state-many", { signal }));
  assert.equal(new Set(infos.map(({ name }) => name)).size, 2500);
});

fact(
  "no write that was acknowledged is lost, and none fails, while name nodes change places",
  async () => {
    await using storage = await open();
    const written: string[] = [];
    const stop = new AbortController();
    const writer = async () => {
      while (!stop.signal.aborted) {
        const name = newName();
        await storage.write(name, words(name), { signal });
        written.push(name);
      }
    };
    const writers = Promise.all(Array.from({ length: 4 }, writer));
    for (const index of [1, 0, 1, 0]) {
      const count = written.length;
      await cluster.order(`active ${index}`);
      await until(() => written.length, (length) => length > count + 8, { limitMs: 30_000 });
    }
    stop.abort();
    await writers;
    for (const name of written) assert.equal(await text(storage.read(name, { signal })), name);
  },
);

fact("a name node that is gone is passed over", async () => {
  await using storage = await open();
  const name = newName();
  await cluster.order("active 1");
  await cluster.order("stop-name-node 0");
  try {
    await storage.write(name, words("second"), { signal });
    assert.equal(await text(storage.read(name, { signal })), "second");
  } finally {
    await cluster.order("start-name-node 0");
  }
});

fact("a file is read from any byte on, as after a connection that broke", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, pieces(MEGABYTE), { signal });
  const content = await whole(pieces(MEGABYTE));
  const webHdfs = await openWebHdfs();
  for (const offset of [1, 65_536, MEGABYTE - 1]) {
    const act = { act: "read", signal, failed: [] };
    const { answer } = await webHdfs.open(`/flink/recovery/${name}`, { ...act, offset });
    assert.deepEqual(await whole(answer.body), content.subarray(offset));
  }
});

fact(
  "with one data node dead blobs are written and read, and those that only it had are named",
  async () => {
    await using storage = await open();
    const names = Array.from({ length: 12 }, () => newName());
    await Promise.all(names.map((name) => storage.write(name, words(name), { signal })));
    await cluster.order("stop-data-node");
    try {
      const name = newName();
      await storage.write(name, words("alive"), { signal });
      assert.equal(await text(storage.read(name, { signal })), "alive");
      const reads = names.map((name) => text(storage.read(name, { signal })));
      const results = await Promise.allSettled(reads);
      const lost = reads.filter((_, index) => results[index]!.status === "rejected");
      assert.ok(lost.length > 0 && lost.length < names.length);
      for (const read of lost) await failureOf(read, "failed");
    } finally {
      await cluster.order("start-data-node");
    }
  },
);

fact("safe mode is read-only", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, words("before"), { signal });
  await cluster.order("safe-mode ENTER");
  try {
    await failureOf(storage.write(newName(), words("x"), { signal }), "read-only");
    await failureOf(storage.delete(name, { signal }), "read-only");
    assert.equal(await text(storage.read(name, { signal })), "before");
  } finally {
    await cluster.order("safe-mode LEAVE");
  }
});

fact("a quota that is used up is full", async () => {
  await using storage = await open();
  await cluster.order("mkdir /flink/recovery/state-small");
  await cluster.order("space-quota /flink/recovery/state-small 1000");
  const name = newName("state-small");
  const { message } = await failureOf(storage.write(name, pieces(5000), { signal }), "full");
  assert.match(message, /DSQuotaExceededException: The DiskSpace quota of \/flink[^\n]*$/);
});

fact("somebody else is denied, also in the middle of a large upload", async () => {
  await using storage = await open();
  const name = newName();
  await storage.write(name, words("mine"), { signal });
  await using other = await open({ user: "nobody" });
  await failureOf(whole(other.read(name, { signal })), "denied");
  const write = other.write(newName("state-theirs"), pieces(50 * MEGABYTE), { signal });
  const { message } = await failureOf(write, "denied");
  assert.match(message, /AccessControlException: Permission denied: user=nobody[^\n]*$/);
});

fact(
  "a write that is given up leaves nothing that removeUnfinished() does not remove",
  async () => {
    const storage = await open();
    const stop = new AbortController();
    const reason = new Error("no longer leader");
    async function* endless() {
      for (let count = 0;; count++) {
        yield* pieces(MEGABYTE);
        if (count === 20) stop.abort(reason);
      }
    }
    const write = storage.write(newName("state-left"), endless(), { signal: stop.signal });
    await assert.rejects(write, reason);
    await storage[Symbol.asyncDispose]();
    await storage.removeUnfinished("state-left", { signal });
    assert.deepEqual(await storage.removeUnfinished("state-left", { signal }), []);
    assert.deepEqual(await Array.fromAsync(storage.list("state-left", { signal })), []);
  },
);
