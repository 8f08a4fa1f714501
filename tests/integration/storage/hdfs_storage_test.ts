import assert from "node:assert/strict";
import { WebHdfsCluster } from "../../support/webhdfs_server.ts";
import { failureOf, FOLDER, openFolder, pieces, signal, whole } from "./hdfs_folder.ts";

const NAME = "state-1/checkpoint.5~_-";

Deno.test("write() makes a file that only its owner reads, on disk, and read() gives it back", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(200_000), { signal });
  assert.deepEqual(cluster.files.paths, [`${FOLDER}/${NAME}`]);
  const { permission, flags } = cluster.files.get(`${FOLDER}/${NAME}`)!;
  assert.deepEqual([permission, flags], ["600", "CREATE,SYNC_BLOCK"]);
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(200_000)));
});

Deno.test("write() gives the name node no byte of the content, and the data node nothing but CREATE", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(100_000), { signal });
  const [nameNode] = cluster.nameNodes;
  const calls = cluster.calls.map(({ server, method, operation, bodyLength }) =>
    `${server === nameNode ? "name" : "data"} ${method} ${operation} ${bodyLength > 0}`
  );
  assert.deepEqual(calls, [
    "name GET GETFILESTATUS false",
    "name PUT CREATE false",
    "data PUT CREATE true",
    "name PUT RENAME false",
  ]);
});

Deno.test("write() writes into a file whose name begins with a dot until it is whole", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  let during: string[] = [];
  cluster.nameNodes[0]!.intercept = ({ operation }) => {
    if (operation === "RENAME") during = cluster.files.paths;
    return undefined;
  };
  await storage.write(NAME, pieces(10), { signal });
  assert.equal(during.length, 1);
  assert.match(during[0]!, /^\/flink\/c 1\/state-1\/\.unfinished-[0-9a-f-]{36}$/);
});

Deno.test("write() and read() know an empty blob", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(0), { signal });
  assert.equal(cluster.files.get(`${FOLDER}/${NAME}`)!.content.length, 0);
  assert.equal((await whole(storage.read(NAME, { signal }))).length, 0);
});

Deno.test("write() refuses a name that is taken, and leaves what has it", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.files.put(`${FOLDER}/${NAME}`, "old");
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "exists");
  assert.equal(message, `Cannot write hdfs:///flink/c 1/${NAME}: the name is taken`);
  assert.equal(cluster.callsOf("CREATE").length, 0);
});

Deno.test("write() loses to another writer of the same name in the last moment, and cleans up", async () => {
  await using cluster = WebHdfsCluster.start();
  const storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = ({ operation }) => {
    if (operation === "RENAME") cluster.files.put(`${FOLDER}/${NAME}`, "theirs");
    return undefined;
  };
  await failureOf(storage.write(NAME, pieces(6), { signal }), "exists");
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(cluster.files.paths, [`${FOLDER}/${NAME}`]);
  assert.equal(new TextDecoder().decode(cluster.files.get(`${FOLDER}/${NAME}`)!.content), "theirs");
});

Deno.test("write() throws what the giver of the content throws, and leaves nothing behind", async () => {
  await using cluster = WebHdfsCluster.start();
  const storage = await openFolder(cluster);
  const gone = new Error("the client is gone");
  async function* broken() {
    yield* pieces(100_000);
    throw gone;
  }
  await assert.rejects(storage.write(NAME, broken(), { signal }), gone);
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(cluster.files.paths, []);
});

Deno.test("read() of a blob that is not there fails when the first bytes are asked for", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  const content = storage.read(NAME, { signal });
  assert.deepEqual(cluster.calls, []);
  const { message } = await failureOf(whole(content), "not-found");
  assert.match(
    message,
    /^Cannot read hdfs:\/\/\/flink\/c 1\/state-1\/checkpoint\.5~_-: http:\/\/127/,
  );
});

Deno.test("list() gives blobs and their lengths, page by page, and nothing that is no blob", async () => {
  await using cluster = WebHdfsCluster.start({ listLimit: 2 });
  await using storage = await openFolder(cluster);
  for (const name of ["a", "bb", "ccc", ".unfinished-x", "d/below", "é", "z z"]) {
    cluster.files.put(`${FOLDER}/state-1/${name}`, name);
  }
  assert.deepEqual(await Array.fromAsync(storage.list("state-1", { signal })), [
    { name: "a", length: 1 },
    { name: "bb", length: 2 },
    { name: "ccc", length: 3 },
  ]);
  assert.ok(cluster.callsOf("LISTSTATUS_BATCH").length > 3);
});

Deno.test("list() of a folder that is not there gives nothing", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  assert.deepEqual(await Array.fromAsync(storage.list("state-1", { signal })), []);
});

Deno.test("list() of 10,000 blobs asks for ten pages", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  for (let i = 0; i < 10_000; i++) cluster.files.put(`${FOLDER}/state-1/blob.${i}`, "x");
  const infos = await Array.fromAsync(storage.list("state-1", { signal }));
  assert.equal(new Set(infos.map(({ name }) => name)).size, 10_000);
  assert.equal(cluster.callsOf("LISTSTATUS_BATCH").length, 10);
});

Deno.test("all acts work on servers that know neither pages nor flags", async () => {
  await using cluster = WebHdfsCluster.start({ isOld: true });
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(await Array.fromAsync(storage.list("state-1", { signal })), [
    { name: "checkpoint.5~_-", length: 5 },
  ]);
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(5)));
  assert.deepEqual(await Array.fromAsync(storage.list("state-2", { signal })), []);
});

Deno.test("delete() deletes, and is content with what is gone already", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(5), { signal });
  await storage.delete(NAME, { signal });
  assert.deepEqual(cluster.files.paths, []);
  await storage.delete(NAME, { signal });
  assert.ok(cluster.callsOf("DELETE").every(({ parameters }) => parameters.recursive === "false"));
});

Deno.test("every act refuses a name that leads elsewhere", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  for (const name of ["", "a/b/c", "../x", "a/..", "a//b", "/a", "a/é", "a/.b", "a?b", "%2e"]) {
    await failureOf(storage.write(name, pieces(1), { signal }), "misconfigured");
    await failureOf(whole(storage.read(name, { signal })), "misconfigured");
    await failureOf(storage.delete(name, { signal }), "misconfigured");
  }
  await failureOf(Array.fromAsync(storage.list("..", { signal })), "misconfigured");
  assert.deepEqual(cluster.calls, []);
});

Deno.test("all acts work over IPv6", async () => {
  await using cluster = WebHdfsCluster.start({ hostname: "::1" });
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(5)));
});

Deno.test("removeUnfinished() deletes what others left, and nothing of its own writes", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  const left = `.unfinished-${crypto.randomUUID()}`;
  for (const name of [left, ".other", "blob"]) cluster.files.put(`${FOLDER}/state-1/${name}`, "x");
  const removed: string[][] = [];
  cluster.nameNodes[0]!.intercept = async ({ operation }) => {
    if (operation === "RENAME") removed.push(await storage.removeUnfinished("state-1", { signal }));
    return undefined;
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(removed, [[left]]);
  assert.deepEqual(cluster.files.paths.map((path) => path.split("/").at(-1)), [
    ".other",
    "blob",
    "checkpoint.5~_-",
  ]);
});
