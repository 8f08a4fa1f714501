import assert from "node:assert/strict";
import { JavaException } from "../../support/webhdfs_files.ts";
import { remoteException, type WebHdfsCall, WebHdfsCluster } from "../../support/webhdfs_server.ts";
import type { PlainReply } from "../../support/plain_http_server.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { failureOf, FOLDER, openFolder, pieces, signal, whole } from "./hdfs_folder.ts";

const NAME = "state-1/blob";
const PATH = `${FOLDER}/${NAME}`;

/** How many calls each name node got. */
function shares({ calls, nameNodes }: WebHdfsCluster): number[] {
  return nameNodes.map((nameNode) => calls.filter(({ server }) => server === nameNode).length);
}

Deno.test("the active name node is found in turn, and asked first from then on", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 3 });
  cluster.activate(2);
  const lines: string[] = [];
  await using storage = await openFolder(cluster, { lines });
  await storage.delete(NAME, { signal });
  assert.deepEqual(shares(cluster), [1, 1, 1]);
  await storage.delete(NAME, { signal });
  assert.deepEqual(shares(cluster), [1, 1, 2]);
  assert.equal(lines.filter((line) => line.includes("name node found active")).length, 1);
});

Deno.test("a name node that refuses connections is passed over", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  cluster.activate(1);
  await cluster.nameNodes[0]!.http.stop();
  await using storage = await openFolder(cluster);
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(5)));
});

Deno.test("a name node that keeps silent is passed over after a quarter of the time limit", async () => {
  await using cluster = WebHdfsCluster.start();
  await using silent = SilentServer.start();
  const nameNodes = [{ host: "127.0.0.1", port: silent.port }, ...cluster.addresses];
  await using storage = await openFolder(cluster, { nameNodes, timeoutMs: 2000 });
  await storage.write(NAME, pieces(5), { signal });
  assert.equal(silent.acceptedCount, 1);
});

Deno.test("a failover during the upload costs no more than a second upload", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2, dataNodes: 1 });
  const storage = await openFolder(cluster);
  cluster.dataNodes[0]!.intercept = () => {
    cluster.dataNodes[0]!.intercept = undefined;
    cluster.activate(1);
    return undefined;
  };
  await storage.write(NAME, pieces(100_000), { signal });
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(cluster.files.paths, [PATH]);
  assert.equal(cluster.files.get(PATH)!.content.length, 100_000);
});

Deno.test("a content larger than what is kept is not sent a second time", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  const storage = await openFolder(cluster);
  const [dataNode] = cluster.dataNodes;
  dataNode!.intercept = async (_call, act): Promise<PlainReply> => {
    await act();
    return "hang-up";
  };
  const { message } = await failureOf(
    storage.write(NAME, pieces(9 * 1024 * 1024), { signal }),
    "unavailable",
  );
  assert.match(message, /^Cannot write hdfs:\/\/\/flink\/c 1\/state-1\/blob: the data node http/);
  await storage[Symbol.asyncDispose]();
  assert.deepEqual(cluster.files.paths, []);
  assert.equal(cluster.calls.filter(({ server }) => server === dataNode).length, 1);
});

Deno.test("a failover between upload and rename is followed", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = ({ operation }) => {
    if (operation === "RENAME") cluster.activate(1);
    return undefined;
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
});

Deno.test("a rename that was carried out by a name node that then died is not taken for a failure", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = async ({ operation }, act) => {
    if (operation !== "RENAME") return undefined;
    await act();
    cluster.activate(1);
    return "hang-up";
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
  assert.equal(cluster.callsOf("RENAME").length, 1);
});

Deno.test("a rename that was lost with its name node is sent to the next one", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = ({ operation }) => {
    if (operation !== "RENAME") return undefined;
    cluster.activate(1);
    return "hang-up";
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
  assert.equal(cluster.callsOf("RENAME").length, 2);
});

Deno.test("a rename that is carried out late, after it was sent again, is our own all the same", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  let isFirst = true;
  cluster.nameNodes[0]!.intercept = async ({ operation, path, parameters }, act) => {
    if (operation !== "RENAME") return undefined;
    if (isFirst) {
      isFirst = false;
      return "hang-up";
    }
    cluster.files.rename(path, parameters.destination!);
    return await act();
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
});

Deno.test("a failover of seconds is waited for", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  for (const nameNode of cluster.nameNodes) nameNode.state = "standby";
  cluster.files.put(PATH, "content");
  await using storage = await openFolder(cluster);
  const third = (call: WebHdfsCall) => {
    if (cluster.calls.filter(({ server }) => server === call.server).length === 3) {
      cluster.activate(1);
    }
    return undefined;
  };
  cluster.nameNodes[1]!.intercept = third;
  assert.equal(new TextDecoder().decode(await whole(storage.read(NAME, { signal }))), "content");
});

Deno.test("name nodes that all stay on standby are unavailable after the time limit", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  for (const nameNode of cluster.nameNodes) nameNode.state = "standby";
  await using storage = await openFolder(cluster, { timeoutMs: 1000 });
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "unavailable");
  const [first, second] = cluster.nameNodes.map(({ http }) => http.origin);
  const standby =
    "answers GETFILESTATUS with StandbyException: Operation category READ is not supported in " +
    "state standby. Visit https://s.apache.org/sbnn-error";
  const nobody = `Cannot write hdfs:///flink/c 1/${NAME}: no name node is active: `;
  assert.ok(
    [`${first} ${standby}; ${second} ${standby}`, `${second} ${standby}; ${first} ${standby}`]
      .some((details) => message === nobody + details),
    message,
  );
});

Deno.test("RetriableException is waited for, with one name node as well", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = ({ server }) => {
    server.intercept = undefined;
    return remoteException(new JavaException("RetriableException", "Name node is in safe mode."));
  };
  await storage.write(NAME, pieces(5), { signal });
  assert.deepEqual(cluster.files.paths, [PATH]);
});

Deno.test("name nodes that are all gone are unavailable after three rounds", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  await using storage = await openFolder(cluster);
  for (const nameNode of cluster.nameNodes) await nameNode.http.stop();
  const { message } = await failureOf(storage.delete(NAME, { signal }), "unavailable");
  for (const { http } of cluster.nameNodes) assert.ok(message.includes(http.origin), message);
});

Deno.test("a signal ends the waiting for an active name node with its reason", async () => {
  await using cluster = WebHdfsCluster.start();
  cluster.nameNodes[0]!.state = "standby";
  await using storage = await openFolder(cluster);
  const stop = new AbortController();
  const reason = new Error("no longer leader");
  cluster.nameNodes[0]!.intercept = () => {
    queueMicrotask(() => stop.abort(reason));
    return undefined;
  };
  await assert.rejects(storage.delete(NAME, { signal: stop.signal }), reason);
});

Deno.test("many acts at once survive a failover", async () => {
  await using cluster = WebHdfsCluster.start({ nameNodes: 2 });
  await using storage = await openFolder(cluster);
  let renames = 0;
  cluster.nameNodes[0]!.intercept = ({ operation }) => {
    if (operation === "RENAME" && ++renames === 10) cluster.activate(1);
    return undefined;
  };
  const names = Array.from({ length: 40 }, (_, index) => `state-1/blob.${index}`);
  await Promise.all(names.map((name) => storage.write(name, pieces(10), { signal })));
  assert.equal(cluster.files.paths.length, 40);
});
