import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { StateCluster, TOKEN } from "./state_cluster.ts";

const PUBLISHED = "leader address published";
const MEBIBYTE = 1024 * 1024;

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

async function* zeros(megabytes: number): AsyncGenerator<Uint8Array, void, void> {
  for (let count = 0; count < megabytes; count++) {
    await Promise.resolve();
    yield new Uint8Array(MEBIBYTE);
  }
}

/** The most memory that a process ever had, in bytes. */
async function peakMemoryOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

Deno.test("the state API states the rule to names that break it", async () => {
  await using own = await leading();
  const names = [
    "a/b",
    "a%2Fb",
    "a%2F..%2Fb",
    "%2E%2E",
    ".",
    ".hidden",
    "x".repeat(1000),
    encodeURIComponent("🦊"),
    "a%20b",
    "%00",
    "",
  ];
  for (const name of names) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const { status, json } = await own.state.callPlainly(method, `/${name}`);
      assert.deepEqual([status, json.kind], [400, "invalid-name"], `${method} ${name}`);
      assert.match(json.error, /1 to 200 letters, digits/);
    }
  }
  const bad = await own.state.get("%ff");
  assert.equal(bad.status, 400);
  assert.equal((await own.state.put("x".repeat(200), "fine")).status, 201);
  assert.equal((await own.cluster.status(own.port)).state?.kind, "healthy");
});

Deno.test("the state API takes an empty content", async () => {
  await using own = await leading();
  assert.equal((await own.state.put("empty", "")).status, 201);
  const { status, text, headers } = await own.state.get("empty");
  assert.deepEqual([status, text, headers.get("content-length")], [200, "", "0"]);
});

Deno.test("the state API takes no request without a body for an empty content", async () => {
  await using own = await leading();
  const { state } = own;
  await state.put("checkpoint", "whole");
  const { hostname, port, pathname } = new URL(`${state.base}/checkpoint`);
  for (const version of ["1.0", "1.1"]) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `PUT ${pathname} HTTP/${version}\r\nhost: h\r\nconnection: close\r\n` +
      `authorization: Bearer ${TOKEN}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    assert.match(await new Response(connection.readable).text(), /^HTTP\/1\.. 411 /);
  }
  assert.equal((await state.get("checkpoint")).text, "whole");
});

Deno.test("however long a content is, it takes no more memory on its way", async () => {
  await using own = await leading();
  const { state, master } = own;
  const peaks: number[] = [];
  for (const megabytes of [50, 250]) {
    assert.ok((await state.put("big", zeros(megabytes))).status < 300);
    assert.equal(await state.lengthOf("big"), megabytes * MEBIBYTE);
    peaks.push(await peakMemoryOf(master.pid));
  }
  const [first, second] = peaks as [number, number];
  const moreMiB = Math.round((second - first) / MEBIBYTE);
  // How much a runtime holds before it collects its garbage depends on how busy the machine is.
  assert.ok(moreMiB < 120, `200 MiB more of content take ${moreMiB} MiB more of memory`);
});

Deno.test("a content that is too long is refused, announced or not", async () => {
  await using own = await leading("masterd.state.max-size: 1 mb\n");
  const { state } = own;
  const exact = new Uint8Array(MEBIBYTE);
  assert.equal((await state.put("fits", exact)).status, 201);
  const announced = await state.put("long", new Uint8Array(MEBIBYTE + 1));
  assert.deepEqual([announced.status, announced.json.kind], [413, "too-large"]);
  const chunked = await state.put("long", zeros(50));
  assert.deepEqual([chunked.status, chunked.json.kind], [413, "too-large"]);
  assert.equal((await state.get("long")).status, 404);
  assert.equal((await own.cluster.status(own.port)).state?.kind, "healthy");
});

Deno.test("a content that breaks off is not kept, in the place of no other", async () => {
  await using own = await leading();
  const { state, cluster } = own;
  await state.put("checkpoint", "whole");
  const { hostname, port, pathname } = new URL(`${state.base}/checkpoint`);
  const heads = [
    "content-length: 100\r\n\r\nbroken",
    "transfer-encoding: chunked\r\n\r\n6\r\nbroken\r\n",
    "transfer-encoding: chunked\r\n\r\nnonsense\r\n",
  ];
  for (const rest of heads) {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `PUT ${pathname} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer ${TOKEN}\r\n`;
    await connection.write(new TextEncoder().encode(head + rest));
    // Its first bytes are in the storage, or have been refused, once there is a file for them.
    await until(() => unfinished(cluster), (count) => count > 0, { limitMs: 300 }).catch(() => {});
    connection.close();
    await until(() => unfinished(cluster), (count) => count === 0);
  }
  assert.equal((await state.get("checkpoint")).text, "whole");
  const { versions } = (await state.get("checkpoint?history=true")).json;
  assert.equal(versions.length, 1);
  assert.equal((await cluster.status(own.port)).state?.kind, "healthy");
});

async function unfinished(cluster: StateCluster): Promise<number> {
  const pattern = /^\.unfinished/;
  let count = 0;
  for await (const folder of Deno.readDir(cluster.storageDir)) {
    if (!folder.isDirectory) continue;
    for await (const { name } of Deno.readDir(`${cluster.storageDir}/${folder.name}`)) {
      if (pattern.test(name)) count++;
    }
  }
  return count;
}

Deno.test("a leader that loses leadership under a put applies it nowhere, and says so", async () => {
  await using own = await leading();
  const { state, cluster, master } = own;
  await state.put("checkpoint", "old");
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array, void, void> {
    yield new TextEncoder().encode("new");
    begun.resolve();
    await finish.promise;
  }
  const putting = state.put("checkpoint", slow());
  await begun.promise;
  await cluster.server.stop();
  await master.waitForLine((line) => line.includes("leadership lost"), { limitMs: 20_000 });
  finish.resolve();
  const reply = await putting;
  assert.ok([409, 503].includes(reply.status), `answered ${reply.status} ${reply.text}`);
  assert.equal(reply.json.kind, "not-leading");
  await cluster.server.restart();
  await cluster.untilStatus(own.port, ({ role }) => role === "leader");
  assert.equal((await state.get("checkpoint")).text, "old");
});

Deno.test("a leader that was frozen under a put until another led applies it nowhere", async () => {
  await using own = await leading();
  const { state, cluster, master } = own;
  await state.put("checkpoint", "old");
  const second = cluster.ports[1];
  cluster.master(second);
  await cluster.untilStatus(second, ({ role }) => role === "standby");
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array, void, void> {
    yield new TextEncoder().encode("late");
    begun.resolve();
    await finish.promise;
  }
  const putting = state.put("checkpoint", slow());
  await begun.promise;
  master.signal("SIGSTOP");
  await cluster.untilStatus(second, ({ role }) => role === "leader");
  const next = await cluster.caller(second);
  assert.equal((await next.put("checkpoint", "new")).status, 200);
  finish.resolve();
  master.signal("SIGCONT");
  const reply = await putting;
  // Which of the two depends on what it wakes up to first; that it did nothing is seen below.
  assert.match(reply.json.kind, /^(?:not-leading|unknown-outcome)$/);
  assert.equal((await next.get("checkpoint")).text, "new");
  const { versions } = (await next.get("checkpoint?history=true")).json;
  assert.equal(versions.length, 2);
});

Deno.test("the state API tells what is wrong with conditions and questions", async () => {
  await using own = await leading();
  const { state } = own;
  await state.put("checkpoint", "1");
  const wrong: [string, string, Record<string, string>][] = [
    ["PUT", "/checkpoint", { "if-match": "7" }],
    ["PUT", "/checkpoint", { "if-match": '"7", "8"' }],
    ["PUT", "/checkpoint", { "if-match": 'W/"7"' }],
    ["PUT", "/checkpoint", { "if-none-match": '"7"' }],
    ["PUT", "/checkpoint", { "if-match": "*", "if-none-match": "*" }],
    ["GET", "/checkpoint?version=latest", {}],
    ["GET", "/checkpoint?wait=61", {}],
    ["GET", "/checkpoint?wait=1&version=1", {}],
    ["POST", "", {}],
  ];
  for (const [method, path, headers] of wrong) {
    const { status } = await state.call(method, path, { headers, body: "[]" });
    assert.equal(status, 400, `${method} ${path} ${JSON.stringify(headers)}`);
  }
  assert.equal((await state.get("checkpoint")).text, "1");
});
