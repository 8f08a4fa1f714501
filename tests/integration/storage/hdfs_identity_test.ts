import assert from "node:assert/strict";
import { WebHdfsCluster } from "../../support/webhdfs_server.ts";
import { failureOf, openFolder, pieces, signal, whole } from "./hdfs_folder.ts";

const NAME = "state-1/blob";

/** A token file that the test writes again. */
async function tokenFile(token: string) {
  const path = await Deno.makeTempFile({ prefix: "masterd-token-" });
  await Deno.writeTextFile(path, token);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

Deno.test("each call names the user, and nobody if there is none", async () => {
  await using cluster = WebHdfsCluster.start();
  await using named = await openFolder(cluster, { user: "flink" });
  await named.write(NAME, pieces(5), { signal });
  assert.ok(cluster.calls.every(({ parameters }) => parameters["user.name"] === "flink"));
  cluster.calls.length = 0;
  await using unnamed = await openFolder(cluster, { user: "" });
  await unnamed.delete(NAME, { signal });
  assert.ok(cluster.calls.every(({ parameters }) => !parameters["user.name"]));
});

Deno.test("each call carries the token, and a renewed one from then on", async () => {
  const tokens = ["FIRST"];
  await using cluster = WebHdfsCluster.start({ tokens });
  await using file = await tokenFile("FIRST\n");
  await using storage = await openFolder(cluster, { delegationTokenFile: file.path });
  await storage.write(NAME, pieces(5), { signal });
  tokens[0] = "SECOND";
  await failureOf(storage.delete(NAME, { signal }), "denied");
  await Deno.writeTextFile(file.path, "SECOND");
  assert.deepEqual(await whole(storage.read(NAME, { signal })), await whole(pieces(5)));
  assert.ok(cluster.calls.every(({ parameters }) => parameters["user.name"] === undefined));
});

Deno.test("no message and no log line shows a token, whatever fails", async () => {
  const token = "SECRETSECRETSECRET";
  const tokens = [token];
  await using cluster = WebHdfsCluster.start({ nameNodes: 2, tokens });
  await using file = await tokenFile(token);
  const lines: string[] = [];
  const storage = await openFolder(cluster, {
    delegationTokenFile: file.path,
    lines,
    timeoutMs: 300,
  });
  const messages: string[] = [];
  const failing = async (act: () => Promise<unknown>) => {
    const error = await act().then(() => undefined, (error: unknown) => error);
    messages.push(Deno.inspect(error, { depth: 10 }));
  };
  const all = async () => {
    await Promise.all([
      failing(() => storage.write(NAME, pieces(100_000), { signal })),
      failing(() => whole(storage.read("state-1/none", { signal }))),
      failing(() => storage.delete(NAME, { signal })),
    ]);
  };
  {
    await using patient = await openFolder(cluster, { delegationTokenFile: file.path });
    await patient.write("state-1/none", pieces(5), { signal });
  }
  tokens[0] = "ANOTHER";
  await all();
  tokens[0] = token;
  for (
    const reply of ["hang-up", "silence", { status: 500, body: `?delegation=${token}` }] as const
  ) {
    cluster.dataNodes[0]!.intercept = () => reply;
    await all();
  }
  await cluster.dataNodes[0]!.http.stop();
  await all();
  for (const nameNode of cluster.nameNodes) {
    nameNode.intercept = () => ({ status: 200, body: `${token} and delegation=${token}` });
  }
  await all();
  for (const { http } of cluster.nameNodes) await http.stop();
  await all();
  await storage[Symbol.asyncDispose]();
  assert.ok(messages.length === 21 && lines.length > 0);
  assert.deepEqual([...messages, ...lines].filter((text) => text.includes(token)), []);
});

Deno.test("a server that wants Kerberos is denied, with what to use instead", async () => {
  await using cluster = WebHdfsCluster.start();
  await using storage = await openFolder(cluster);
  cluster.nameNodes[0]!.intercept = () => ({
    status: 401,
    headers: { "www-authenticate": "Negotiate" },
    body: "<html><title>Error 401 Authentication required</title></html>",
  });
  const { message } = await failureOf(storage.delete(NAME, { signal }), "denied");
  assert.match(message, /Kerberos, which masterd does not speak: use a delegation token/);
  assert.match(message, /\(called as user flink\)$/);
});

Deno.test("a token that a server refuses is named by its file", async () => {
  await using cluster = WebHdfsCluster.start({ tokens: ["RIGHT"] });
  await using file = await tokenFile("WRONG");
  await using storage = await openFolder(cluster, { delegationTokenFile: file.path });
  const { message } = await failureOf(storage.write(NAME, pieces(5), { signal }), "denied");
  assert.ok(message.endsWith(`(called with the delegation token of ${file.path})`), message);
});
