import assert from "node:assert/strict";
import { askMaster, type AskOptions } from "../../../../src/cli/status/master_call.ts";
import { PlainHttpServer, type PlainReply } from "../../../support/plain_http_server.ts";
import { freePort } from "../../../support/ports.ts";
import { RawServer, type Visit } from "../../../support/raw_server.ts";
import { SilentServer } from "../../../support/silent_server.ts";

const SANITIZE = { sanitizeOps: true, sanitizeResources: true };
const OPTIONS: AskOptions = {
  clusterId: "/cluster_one",
  resolve: (host) => Promise.resolve([host]),
  limitMs: 10_000,
  signal: new AbortController().signal,
};

function statusText(clusterId = "/cluster_one"): string {
  return JSON.stringify({
    node: { host: "a", webuiPort: 8081, rpcPort: 1, pid: 42, version: "0", startedAt: "" },
    clusterId,
    role: "standby",
    leader: null,
    connection: { kind: "connected" },
    workers: [],
  });
}

function serve(reply: PlainReply, hostname = "127.0.0.1"): PlainHttpServer {
  return PlainHttpServer.start(() => Promise.resolve(reply), { hostname });
}

async function ask(port: number, options: Partial<AskOptions> = {}) {
  return await askMaster({ host: "127.0.0.1", port }, { ...OPTIONS, ...options });
}

async function askRaw(say: (visit: Visit) => Promise<void>, options: Partial<AskOptions> = {}) {
  await using server = RawServer.start(say);
  return await ask(server.port, options);
}

Deno.test("askMaster() gives the status of a master of this cluster", SANITIZE, async () => {
  for (const status of [200, 503]) {
    await using server = serve({ status, body: statusText() });
    const answer = await ask(server.port);
    assert.equal(answer.kind === "master" && answer.status.pid, 42);
  }
});

Deno.test("askMaster() asks an IPv6 host", SANITIZE, async () => {
  await using server = serve({ status: 200, body: statusText() }, "::1");
  assert.equal((await askMaster({ host: "::1", port: server.port }, OPTIONS)).kind, "master");
});

Deno.test("askMaster() names who else answers there", SANITIZE, async () => {
  await using other = serve({ status: 200, body: statusText("/cluster_two") });
  assert.deepEqual(await ask(other.port), {
    kind: "foreign",
    fact: "a master of the cluster /cluster_two answers there",
  });
  for (const [status, body] of [[404, "no"], [200, "{}"], [200, "<html>"]] as const) {
    await using server = serve({ status, body });
    const fact = `what answers there is no master (HTTP ${status})`;
    assert.deepEqual(await ask(server.port), { kind: "foreign", fact });
  }
});

Deno.test("askMaster() knows a master of this cluster whatever its id", SANITIZE, async () => {
  for (const clusterId of ["/soft\u00adhyphen", `/${"long".repeat(100)}`]) {
    await using server = serve({ status: 200, body: statusText(clusterId) });
    assert.equal((await ask(server.port, { clusterId })).kind, "master");
  }
});

Deno.test("askMaster() takes half an answer for none", SANITIZE, async () => {
  await using server = serve({ status: 200, body: statusText(), cutAfter: 40 });
  assert.equal((await ask(server.port)).kind, "foreign");
});

Deno.test("askMaster() says why nobody answered", SANITIZE, async () => {
  const refused = await ask(freePort());
  assert.deepEqual(refused, { kind: "unreachable", cause: "Connection refused" });
  const resolve = () => Promise.reject(new Error("getaddrinfo ENOTFOUND a"));
  assert.deepEqual(await ask(1, { resolve }), {
    kind: "unreachable",
    cause: "getaddrinfo ENOTFOUND a",
  });
  const nowhere = await ask(1, { resolve: () => Promise.resolve([]) });
  assert.deepEqual(nowhere, { kind: "unreachable", cause: "it has no address" });
});

Deno.test("askMaster() gives up a server that says no HTTP, or nothing", SANITIZE, async () => {
  const hungUp = await askRaw(async (visit) => void await visit.readUntil("\r\n\r\n"));
  assert.deepEqual(hungUp, { kind: "unreachable", cause: "The answer is not HTTP" });
  const garbage = await askRaw((visit) => visit.say("SSH-2.0-\x1b[2J\r\n"));
  assert.equal(garbage.kind, "unreachable");
});

Deno.test(
  "askMaster() gives up a silent and a dripping server when the time is up",
  SANITIZE,
  async () => {
    await using silent = SilentServer.start();
    const late = { kind: "unreachable", cause: "no answer in time" };
    assert.deepEqual(await ask(silent.port, { limitMs: 100 }), late);
    const dripping = await askRaw(async (visit) => {
      await visit.readUntil("\r\n\r\n");
      while (true) {
        await visit.say("H");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }, { limitMs: 100 });
    assert.deepEqual(dripping, late);
  },
);

Deno.test("askMaster() does not swallow an endless answer", SANITIZE, async () => {
  const endless = await askRaw(async (visit) => {
    await visit.readUntil("\r\n\r\n");
    await visit.say("HTTP/1.1 200 OK\r\n\r\n");
    while (true) await visit.say(" ".repeat(100_000));
  });
  assert.equal(endless.kind, "unreachable");
  assert.match(endless.kind === "unreachable" ? endless.cause : "", /longer than \d+ bytes/);
});

Deno.test(
  "askMaster() finds a master that lives on one of several addresses",
  SANITIZE,
  async () => {
    await using server = serve({ status: 200, body: statusText() }, "127.0.0.2");
    // Accepts connections, and nobody ever looks at them.
    using _silent = Deno.listen({ hostname: "127.0.0.1", port: server.port });
    const resolve = () => Promise.resolve(["127.0.0.3", "127.0.0.1", "127.0.0.2"]);
    assert.equal((await ask(server.port, { resolve })).kind, "master");
  },
);

Deno.test("askMaster() rejects when it is interrupted", SANITIZE, async () => {
  await using silent = SilentServer.start();
  const stop = new AbortController();
  const asking = ask(silent.port, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(asking, /enough/);
});
