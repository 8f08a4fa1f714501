import assert from "node:assert/strict";
import { JavaException } from "../../support/webhdfs_files.ts";
import { freePort } from "../../support/ports.ts";
import type { PlainAnswer, PlainReply } from "../../support/plain_http_server.ts";
import { remoteException, WebHdfsCluster } from "../../support/webhdfs_server.ts";
import { until } from "../../support/until.ts";
import { failureOf, FOLDER, openFolder, pieces, signal, whole } from "./hdfs_folder.ts";

const NAME = "state-1/blob";
const PATH = `${FOLDER}/${NAME}`;

async function answerOf(act: () => Promise<PlainReply>): Promise<PlainAnswer> {
  const reply = await act();
  assert.ok(typeof reply === "object");
  return reply;
}

/** Lets each of the next connections break after so many bytes of the body. */
function cutReads(cluster: WebHdfsCluster, cuts: number[]): void {
  const [dataNode] = cluster.dataNodes;
  dataNode!.intercept = async (_call, act) => {
    const cutAfter = cuts.shift();
    const answer = await answerOf(act);
    return cutAfter === undefined ? answer : { ...answer, cutAfter };
  };
}

Deno.test("read() goes on at the byte where the connection broke", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(300_000), { signal });
  cutReads(cluster, [100_000, 50_000]);
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(300_000)));
  assert.deepEqual(
    cluster.callsOf("OPEN").filter(({ server }) => server === cluster.nameNodes[0])
      .map(({ parameters }) => parameters.offset),
    // A name node with one data node is asked again without leaving it out.
    ["0", "100000", "100000", "150000", "150000"],
  );
});

Deno.test("read() gives up after four breaks in a row that brought nothing", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(1000), { signal });
  cutReads(cluster, [100, ...Array(10).fill(0)]);
  const { message } = await failureOf(whole(storage.read(NAME, { signal })), "unavailable");
  assert.match(
    message,
    /^Cannot read hdfs:\/\/\/flink\/c 1\/state-1\/blob: the data node 127\.0\.0\.1/,
  );
});

Deno.test("read() tells a blob that vanishes in the middle", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(1000), { signal });
  cluster.dataNodes[0]!.intercept = async (_call, act) => {
    const answer = await answerOf(act);
    cluster.files.delete(PATH);
    return { ...answer, cutAfter: 10 };
  };
  await failureOf(whole(storage.read(NAME, { signal })), "not-found");
});

Deno.test("read() that is not finished lets go of its connection", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(20_000_000), { signal });
  for await (const piece of storage.read(NAME, { signal })) {
    assert.ok(piece.length > 0);
    break;
  }
  await until(() => cluster.dataNodes[0]!.http.openCount, (count) => count === 0);
});

Deno.test("a data node that is dead is left out at the next attempt, for reads and writes", async () => {
  await using cluster = WebHdfsCluster.start({
    dataNodes: 2,
    dataNodeHosts: ["127.0.0.2", "127.0.0.3"],
  });
  await using storage = await openFolder(cluster);
  await cluster.dataNodes[0]!.http.stop();
  await storage.write(NAME, pieces(1000), { signal });
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(1000)));
  const excluded = cluster.calls.map(({ parameters }) => parameters.excludedatanodes);
  assert.ok(excluded.includes("127.0.0.2"), String(excluded));
});

Deno.test("the only data node is named if it is dead", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await cluster.dataNodes[0]!.http.stop();
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "unavailable");
  const { origin } = cluster.dataNodes[0]!.http;
  assert.ok(message.includes(`the data node ${origin} does not answer`), message);
  assert.match(message, /this host must resolve and reach the data nodes by the names HDFS knows/);
});

Deno.test("a data node that comes back is asked again", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  await cluster.dataNodes[0]!.http.stop();
  let asked = 0;
  cluster.nameNodes[0]!.intercept = async ({ operation }) => {
    if (operation === "CREATE" && ++asked === 3) await cluster.dataNodes[0]!.http.restart();
    return undefined;
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
});

Deno.test("a data node whose name nobody knows is named", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.files.put(PATH, "x");
  cluster.nameNodes[0]!.intercept = () => ({
    status: 307,
    headers: { location: `http://datanode-7.invalid:9864/webhdfs/v1/x?op=OPEN` },
  });
  const { message } = await failureOf(whole(storage.read(NAME, { signal })), "unavailable");
  assert.match(message, /the data node http:\/\/datanode-7\.invalid:9864 does not answer/);
});

Deno.test("redirects without an end are a failure", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  const { origin } = cluster.nameNodes[0]!.http;
  cluster.nameNodes[0]!.intercept = () => ({
    status: 307,
    headers: { location: `${origin}/again` },
  });
  const { message } = await failureOf(whole(storage.read(NAME, { signal })), "failed");
  assert.match(message, /redirects once more$/);
  assert.ok(cluster.calls.length < 10);
});

Deno.test("a name node that creates the file itself is not believed", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = ({ operation }) =>
    operation === "CREATE" ? { status: 201 } : undefined;
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "failed");
  assert.match(message, /answers CREATE with HTTP 201 where it must name a data node$/);
});

const REFUSALS: [exception: string, kind: Parameters<typeof failureOf>[1]][] = [
  ["AccessControlException", "denied"],
  ["DSQuotaExceededException", "full"],
  ["SafeModeException", "read-only"],
  ["IOException", "failed"],
];

for (const [exception, kind] of REFUSALS) {
  Deno.test(`write() fails with ${kind} after a ${exception}, without the stack trace`, async () => {
    await using cluster = WebHdfsCluster.start();
    const storage = await openFolder(cluster);
    const [dataNode] = cluster.dataNodes;
    dataNode!.intercept = () => {
      const trace = "no such luck\n\tat org.apache.hadoop.Some.method(Some.java:17)";
      return remoteException(new JavaException(exception, trace));
    };
    // Far more than fits into the buffers of a connection: the answer comes before the end of the body.
    const { message } = await failureOf(storage.write(NAME, pieces(50_000_000), { signal }), kind);
    const { origin } = dataNode!.http;
    assert.equal(
      message,
      `Cannot write hdfs:///flink/c 1/${NAME}: the data node ${origin} answers CREATE with ` +
        `${exception}: no such luck`,
    );
    await storage[Symbol.asyncDispose]();
    assert.equal(cluster.callsOf("DELETE").length, 1);
  });
}

Deno.test("write() of a read-only file system fails, and reads go on", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.files.put(PATH, "old");
  cluster.nameNodes[0]!.state = "safe-mode";
  await failureOf(storage.write("state-1/new", pieces(5), { signal }), "read-only");
  await failureOf(storage.delete(NAME, { signal }), "read-only");
  assert.equal(new TextDecoder().decode(await whole(storage.read(NAME, { signal }))), "old");
});

Deno.test("a name node and a data node that keep silent end in a timeout", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster, { timeoutMs: 200 });
  cluster.files.put(PATH, "x");
  cluster.dataNodes[0]!.intercept = () => "silence";
  await failureOf(whole(storage.read(NAME, { signal })), "timeout");
  cluster.nameNodes[0]!.intercept = () => "silence";
  const { message } = await failureOf(storage.write("state-1/b", pieces(5), { signal }), "timeout");
  assert.match(message, /nothing moved for 200 ms/);
});

Deno.test("a signal ends a write in the middle, and its rest is deleted", async () => {
  await using cluster = WebHdfsCluster.start();
  const storage = await openFolder(cluster);
  const stop = new AbortController();
  const reason = new Error("no longer leader");
  async function* endless() {
    while (true) {
      yield new Uint8Array(65_536);
      if (cluster.callsOf("CREATE").length === 2) stop.abort(reason);
    }
  }
  await assert.rejects(storage.write(NAME, endless(), { signal: stop.signal }), reason);
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(cluster.files.paths, []);
});

const NONSENSE: [name: string, answer: PlainAnswer][] = [
  ["HTML", { status: 200, body: "<html>It works!</html>" }],
  ["other JSON", { status: 200, body: "[1,2]" }],
  ["nothing", { status: 204 }],
  ["a flood", { status: 200, body: "x".repeat(6_000_000) }],
  ["a listing of another shape", { status: 200, body: '{"FileStatuses":{"FileStatus":{}}}' }],
];

for (const [name, answer] of NONSENSE) {
  Deno.test(`an answer that is ${name} fails, and shows its beginning`, async () => {
    await using cluster = WebHdfsCluster.start();
    await using storage = await openFolder(cluster);
    cluster.nameNodes[0]!.intercept = () => answer;
    const write = await failureOf(storage.write(NAME, pieces(5), { signal }), "failed");
    assert.match(write.message, /^Cannot write .* answers GETFILESTATUS with /);
    assert.ok(write.message.length < 400);
    await failureOf(Array.fromAsync(storage.list("state-1", { signal })), "failed");
    await failureOf(storage.delete(NAME, { signal }), "failed");
  });
}

Deno.test("a listing that does not get on fails, and is not asked for without an end", async () => {
  await using cluster = WebHdfsCluster.start({ listLimit: 2 });
  await using storage = await openFolder(cluster);
  for (const name of ["a", "b", "c"]) await storage.write(`state-1/${name}`, pieces(5), { signal });
  const page = (names: string[]) => ({
    DirectoryListing: {
      partialListing: {
        FileStatuses: {
          FileStatus: names.map((pathSuffix) => ({ pathSuffix, length: 5, type: "FILE" })),
        },
      },
      remainingEntries: 1,
    },
  });
  for (const names of [["a", "b"], []]) {
    cluster.calls.length = 0;
    cluster.nameNodes[0]!.intercept = () => ({ status: 200, body: JSON.stringify(page(names)) });
    const listing = Array.fromAsync(storage.list("state-1", { signal: AbortSignal.timeout(5000) }));
    const { message } = await failureOf(listing, "failed");
    assert.match(message, /does not get on behind b$|no entries, though some remain/);
    assert.ok(cluster.calls.length <= 2);
  }
});

Deno.test("a truncated listing is asked for again", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.files.put(PATH, "x");
  cluster.nameNodes[0]!.intercept = async ({ server }, act) => {
    server.intercept = undefined;
    return { ...await answerOf(act), cutAfter: 20 };
  };
  assert.deepEqual(await Array.fromAsync(storage.list("state-1", { signal })), [
    { name: "blob", length: 1 },
  ]);
});

Deno.test("an address where no WebHDFS is says so", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = () => ({ status: 404, body: "<title>Not Found</title>" });
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "misconfigured");
  assert.match(message, /HTTP 404 Not Found; no WebHDFS answers there/);
});

Deno.test("a port where nobody listens is named", async () => {
  await using cluster = WebHdfsCluster.start();
  const port = freePort();
  await using storage = await openFolder(cluster, { nameNodes: [{ host: "127.0.0.1", port }] });
  const { message } = await failureOf(storage.delete(NAME, { signal }), "unavailable");
  assert.ok(message.includes(`http://127.0.0.1:${port}`), message);
});
