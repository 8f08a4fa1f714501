import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { StateCaller, StateCluster } from "./state_cluster.ts";

const PUBLISHED = "leader address published";

/** A cluster whose first master leads, and a caller of that. */
async function leading(conf = "") {
  const cluster = await StateCluster.create(conf);
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await master.waitForLine((line) => line.includes(PUBLISHED));
  return {
    cluster,
    master,
    port,
    state: await cluster.caller(port),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

Deno.test("the state API writes, reads, lists and deletes", async () => {
  await using own = await leading();
  const { state } = own;
  // Whoever compresses the answer makes its tag a weak one.
  const created = await state.put("checkpoint", "one", { "accept-encoding": "gzip, br" });
  assert.equal(created.status, 201);
  const { version, epoch } = created.json;
  assert.equal(created.headers.get("etag"), `"${version}"`);
  const read = await state.get("checkpoint");
  assert.deepEqual([read.status, read.text], [200, "one"]);
  assert.equal(read.headers.get("etag"), `"${version}"`);
  assert.equal(read.headers.get("masterd-epoch"), epoch);
  assert.equal(
    read.headers.get("repr-digest"),
    "sha-256=:dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=:",
  );
  const head = await state.call("HEAD", "/checkpoint");
  assert.deepEqual([head.status, head.text, head.headers.get("content-length")], [200, "", "3"]);

  const replaced = await state.put("checkpoint", "second", { "if-match": `"${version}"` });
  assert.equal(replaced.status, 200);
  assert.ok(BigInt(replaced.json.version) > BigInt(version));
  assert.equal((await state.get(`checkpoint?version=${version}`)).text, "one");
  const { versions } = (await state.get("checkpoint?history=true")).json;
  assert.deepEqual(versions.map(({ length }: { length: number }) => length), [6, 3]);
  const { entries, broken } = (await state.get("")).json;
  assert.deepEqual([entries[0].name, entries.length, broken], ["checkpoint", 1, []]);
  assert.equal((await own.cluster.status(own.port)).state?.entries, 1);

  assert.equal((await state.call("DELETE", "/checkpoint")).status, 204);
  const gone = await state.get("checkpoint");
  assert.deepEqual([gone.status, gone.json.kind], [404, "not-found"]);
  assert.deepEqual((await own.cluster.status(own.port)).state, {
    kind: "healthy",
    entries: 0,
    broken: [],
    brokenCount: 0,
  });
});

Deno.test("the state API refuses a write that expects another version, and tells the one there is", async () => {
  await using own = await leading();
  const { state } = own;
  const { version } = (await state.put("counter", "1", { "if-none-match": "*" })).json;
  const again = await state.put("counter", "2", { "if-none-match": "*" });
  assert.deepEqual([again.status, again.json.kind, again.json.version], [
    412,
    "version-mismatch",
    version,
  ]);
  assert.equal((await state.put("counter", "2", { "if-match": '"7"' })).status, 412);
  const absent = await state.put("other", "2", { "if-match": "*" });
  assert.deepEqual([absent.status, absent.json.version], [412, null]);
  const deletion = await state.call("DELETE", "/counter", { headers: { "if-match": '"7"' } });
  assert.equal(deletion.status, 412);
  assert.equal((await state.get("counter")).text, "1");
});

Deno.test("the state API sends no bytes that the reader has, and can wait for others", async () => {
  await using own = await leading();
  const { state } = own;
  const { version } = (await state.put("topology", "1")).json;
  const known = { "if-none-match": `"${version}"` };
  assert.equal((await state.get("topology", known)).status, 304);
  assert.equal((await state.get("topology?wait=0", known)).status, 304);
  const waiting = state.get("topology?wait=30", known);
  await state.put("topology", "2");
  const news = await waiting;
  assert.deepEqual([news.status, news.text], [200, "2"]);
  const first = state.get("later?wait=30");
  await state.put("later", "here");
  assert.equal((await first).text, "here");
});

Deno.test("a standby answers reads, and names the leader to who wants to write", async () => {
  await using own = await leading();
  const { cluster, state, port } = own;
  const second = cluster.ports[1];
  cluster.master(second);
  await cluster.untilStatus(second, ({ role, leader }) => role === "standby" && leader !== null);
  await state.put("checkpoint", "one");
  const standby = await cluster.caller(second);
  assert.equal((await until(() => standby.get("checkpoint"), (r) => r.status === 200)).text, "one");
  assert.equal((await standby.get("")).json.entries.length, 1);
  const { leader } = await cluster.status(port);
  const { leaderSessionId } = leader!;
  const refused = await standby.put("checkpoint", "two");
  assert.deepEqual([refused.status, refused.json.kind], [409, "not-leading"]);
  assert.deepEqual(refused.json.leader, {
    address: `http://localhost:${port}`,
    rpcUrl: new URL(state.base).origin,
    leaderSessionId,
  });
  assert.equal((await standby.under(leaderSessionId).get("checkpoint")).status, 409);
  assert.equal((await state.under(leaderSessionId).get("checkpoint")).status, 200);
  const stale = state.under(crypto.randomUUID());
  assert.equal((await stale.get("checkpoint")).status, 409);
  assert.equal((await stale.put("checkpoint", "three")).status, 409);
  assert.equal((await state.get("checkpoint")).text, "one");
});

Deno.test("the state is open to the token of the cluster and that of the leadership, to no other", async () => {
  await using own = await leading();
  const { cluster, state, port, master } = own;
  await state.put("checkpoint", "one");
  for (const token of [undefined, "wrong", ""]) {
    const stranger = new StateCaller(state.base, token);
    for (const reply of [await stranger.get(""), await stranger.put("checkpoint", "two")]) {
      assert.equal(reply.status, 401);
      assert.equal(reply.headers.get("www-authenticate"), "Bearer");
    }
  }
  const file = `${cluster.home.homeDir}/run/masterd-${Deno.hostname()}-${port}.token`;
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  const token = (await Deno.readTextFile(file)).trim();
  assert.match(token, /^[0-9a-f]{64}$/);
  const command = new StateCaller(state.base, token);
  assert.equal((await command.put("checkpoint", "two")).status, 200);
  const worker = { workerId: "w", host: "h", pid: 1, leaderSessionId: "s" };
  const workers = new URL("/rpc/v1/workers", state.base).href;
  const statusWith = async (token?: string) =>
    (await new StateCaller(workers, token).call("POST", "", { body: JSON.stringify(worker) }))
      .status;
  assert.deepEqual([await statusWith(), await statusWith(token)], [401, 401]);
  assert.equal(await statusWith("a-token-of-the-whole-cluster"), 409);
  assert.equal((await master.stop()).code, 0);
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
});

Deno.test("a worker shows the token of the cluster", async () => {
  await using own = await leading();
  const worker = own.cluster.home.start("taskmanager");
  await worker.waitForLine((line) => line.includes("registered with leader"));
  const intruder = own.cluster.home.start("taskmanager", "-D", "masterd.token-file=other");
  await intruder.waitForLine((line) => line.includes("there is no such file"));
  assert.equal((await intruder.ends()).code, 1);
});

Deno.test("a daemon does not start with a token that others can read", async () => {
  await using cluster = await StateCluster.create();
  await Deno.chmod(`${cluster.home.homeDir}/token`, 0o644);
  for (
    const args of [["jobmanager", "--host", "localhost", "--webui-port", "0"], ["taskmanager"]]
  ) {
    const { code, text } = await cluster.home.run(...args);
    assert.equal(code, 1);
    assert.match(text, /Cannot use the token file .*token .*mode 0644/);
    assert.doesNotMatch(text, /a-token-of/);
  }
});

/** Counts: takes the number that the state has, adds one, and goes on. */
const COUNTING = `
const { MASTERD_STATE_URL: url, MASTERD_STATE_TOKEN_FILE: file, MASTERD_EPOCH: epoch } = Deno.env.toObject();
const { hostname, port, pathname } = new URL(url);
const token = (await Deno.readTextFile(file)).trim();
async function call(method, body = "") {
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = method + " " + pathname + "/counter HTTP/1.0\\r\\nauthorization: Bearer " + token +
    "\\r\\ncontent-length: " + body.length + "\\r\\n\\r\\n";
  await connection.write(new TextEncoder().encode(head + body));
  const text = await new Response(connection.readable).text();
  return { status: Number(text.split(" ")[1]), body: text.split("\\r\\n\\r\\n")[1] };
}
const found = await call("GET");
const start = found.status === 404 ? 0 : Number(found.body);
console.log("epoch " + epoch + " starts at " + start);
for (let value = start + 1;; value++) {
  const { status } = await call("PUT", String(value));
  if (status === 200 || status === 201) console.log("acknowledged " + value);
  else break;
}
`;

Deno.test("what the command of a leader was told is kept is there for the command of the next", async () => {
  await using cluster = await StateCluster.create();
  const { homeDir } = cluster.home;
  await Deno.writeTextFile(`${homeDir}/count.js`, COUNTING);
  const command = JSON.stringify([
    Deno.execPath(),
    "run",
    "-A",
    "--no-config",
    `${homeDir}/count.js`,
  ]);
  await Deno.writeTextFile(
    `${homeDir}/conf/flink-conf.yaml`,
    `masterd.jobmanager.command: ${command}\n`,
    { append: true },
  );
  const outputOf = async (port: number) =>
    await Deno.readTextFile(
      `${homeDir}/log/masterd-jobmanager-${Deno.hostname()}-${port}-command.log`,
    );
  const [first, second] = cluster.ports;
  const leader = cluster.master(first);
  await until(() => outputOf(first), (text) => text.includes("acknowledged 20\n"));
  cluster.master(second);
  await cluster.untilStatus(second, ({ role }) => role === "standby");
  await leader.kill();
  const next = await until(() => outputOf(second), (text) => /starts at \d+/.test(text));
  const acknowledged = [...(await outputOf(first)).matchAll(/acknowledged (\d+)\n/g)].map(numberOf);
  const start = Number(/starts at (\d+)/.exec(next)![1]);
  assert.ok(start >= Math.max(...acknowledged), `${start} is older than ${acknowledged.at(-1)}`);
  assert.ok(start <= Math.max(...acknowledged) + 1, "a value nobody had put");
  await until(() => outputOf(second), (text) => text.includes(`acknowledged ${start + 1}\n`));
});

function numberOf([, digits]: RegExpMatchArray): number {
  return Number(digits);
}
