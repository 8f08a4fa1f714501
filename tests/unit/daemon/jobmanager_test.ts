import assert from "node:assert/strict";
import { runJobmanager } from "../../../src/daemon/jobmanager.ts";
import { call } from "../../../src/http/call.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { listenAgain } from "../../support/ports.ts";
import { FakeServices, recordedLog, testConfiguration } from "./fakes.ts";

const SANITIZE = { sanitizeOps: true, sanitizeResources: true };
const signal = new AbortController().signal;

/** A master that serves on ports the system chose; it is stopped when it is disposed. */
async function startMaster(
  changes: Parameters<typeof testConfiguration>[0] = {},
  addresses = [{ host: "localhost", webuiPort: 0 }],
) {
  const services = new FakeServices();
  const log = recordedLog();
  const stop = new AbortController();
  const ready = Promise.withResolvers<string>();
  const running = runJobmanager({
    configuration: testConfiguration(changes),
    addresses,
    logger: log.logger,
    ready: (url) => Promise.resolve(ready.resolve(url)),
    loadServices: () => Promise.resolve(() => Promise.resolve(services)),
    election: { stepTimeoutMs: 1000, pauses: { initialMs: 1, maxMs: 2 } },
  }, stop.signal);
  const url = await Promise.race([ready.promise, running.then(() => "")]);
  // The name of the host is told, never resolved: the servers listen on the loopback interface.
  const base = `http://127.0.0.1:${URL.parse(url)?.port}`;
  const ask = (path: string) => call(base + path, { method: "GET", signal });
  return {
    services,
    log,
    url,
    ask,
    status: async () => (await ask("/api/v1/status")).body as NodeStatus,
    async lead() {
      services.elect();
      await log.line(/leader address published/);
      const leadership = services.leaderships.at(-1)!;
      const { rpcPort } = await leadership.published.promise;
      return { leadership, rpc: `http://127.0.0.1:${rpcPort}/rpc/v1/workers` };
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new DOMException("stop", "AbortError"));
      await running;
    },
  };
}

function register(rpc: string, leaderSessionId: string) {
  const body = { workerId: "w-1", host: "localhost", pid: 7, leaderSessionId };
  return call(rpc, { method: "POST", body, signal });
}

Deno.test("runJobmanager() serves as standby until it is elected", SANITIZE, async () => {
  await using master = await startMaster();
  assert.equal((await master.ask("/leader")).status, 503);
  assert.equal((await master.ask("/standby")).status, 200);
  await master.lead();
  assert.equal((await master.ask("/leader")).status, 200);
  assert.equal((await master.ask("/standby")).status, 503);
});

Deno.test("runJobmanager() publishes the ports that it bound", SANITIZE, async () => {
  await using master = await startMaster();
  const { leadership } = await master.lead();
  const published = await leadership.published.promise;
  const { node } = await master.status();
  assert.equal(`http://localhost:${published.webuiPort}`, master.url);
  assert.deepEqual(published, {
    host: "localhost",
    webuiPort: node.webuiPort,
    rpcPort: node.rpcPort,
  });
});

Deno.test(
  "runJobmanager() tells in its status who leads, and whether it does",
  SANITIZE,
  async () => {
    await using master = await startMaster();
    master.services.leader.set({ leaderSessionId: "s-9", address: "http://other.example:8081" });
    assert.deepEqual((await master.status()).leader, {
      address: "http://other.example:8081",
      leaderSessionId: "s-9",
      epoch: null,
      own: false,
      leaseLeftMs: null,
    });
    const { leadership } = await master.lead();
    assert.deepEqual((await master.status()).leader, {
      address: master.url,
      leaderSessionId: leadership.leaderSessionId,
      epoch: "1",
      own: true,
      leaseLeftMs: null,
    });
  },
);

Deno.test(
  "runJobmanager() takes workers only while it leads, and lists them",
  SANITIZE,
  async () => {
    await using master = await startMaster();
    const { leadership, rpc } = await master.lead();
    const { leaderSessionId } = leadership;
    assert.equal((await register(rpc, "stale")).status, 409);
    assert.deepEqual(await register(rpc, leaderSessionId), {
      status: 200,
      body: { heartbeatIntervalMs: 10 },
    });
    assert.equal((await master.status()).workers.length, 1);
    leadership.lose("the session expired");
    assert.equal((await register(rpc, leaderSessionId)).status, 409);
    assert.equal((await master.status()).workers.length, 0);
    assert.equal((await master.ask("/leader")).status, 503);
  },
);

Deno.test(
  "runJobmanager() says 503 and releases leadership, services and ports when stopped",
  SANITIZE,
  async () => {
    const master = await startMaster();
    const { leadership } = await master.lead();
    const whileReleasing = Promise.withResolvers<number>();
    master.services.onRelease = async () => {
      whileReleasing.resolve((await master.ask("/api/v1/status")).status);
    };
    await master[Symbol.asyncDispose]();
    assert.equal(await whileReleasing.promise, 503);
    assert.ok(leadership.isReleased);
    assert.ok(master.services.isDisposed);
    (await listenAgain(Number(new URL(master.url).port))).close();
  },
);

Deno.test("runJobmanager() takes the first address whose port is free", SANITIZE, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const addresses = [{ host: "a.example", webuiPort: taken.addr.port }, {
    host: "b.example",
    webuiPort: 0,
  }];
  await using master = await startMaster({}, addresses);
  assert.match(master.url, /^http:\/\/b\.example:[1-9]/);
});

Deno.test("runJobmanager() names the address whose port is taken", SANITIZE, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await assert.rejects(startMaster({}, [{ host: "::1", webuiPort: port }]), {
    name: "StartError",
    message: `Cannot serve the web UI on [::1]:${port}`,
  });
  await assert.rejects(
    startMaster({}, [{ host: "a", webuiPort: port }, { host: "b", webuiPort: port }]),
    { message: `Cannot serve the web UI on any address of this host: a:${port}, b:${port}` },
  );
});

Deno.test("runJobmanager() names the range when all its ports are taken", SANITIZE, async () => {
  using first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using second = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ports = `${first.addr.port},${second.addr.port}`;
  await assert.rejects(startMaster({ ports }), {
    name: "StartError",
    message:
      `Cannot start the RPC server on any port of high-availability.jobmanager.port ${ports}`,
  });
});

Deno.test("runJobmanager() lets rest.bind-port beat the masters file", SANITIZE, async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const bindPort = { text: "x", ports: () => [taken.addr.port, 0] };
  await using master = await startMaster({ rest: { bindPort } }, [
    { host: "localhost", webuiPort: 1 },
  ]);
  assert.notEqual(new URL(master.url).port, "1");
  const full = { text: "7-9", ports: () => [taken.addr.port] };
  await assert.rejects(startMaster({ rest: { bindPort: full } }), {
    message: "Cannot serve the web UI on any port of rest.bind-port 7-9",
  });
});

Deno.test(
  "runJobmanager() uses jobmanager.rpc.port without high availability",
  SANITIZE,
  async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    await assert.rejects(startMaster({ mode: { kind: "none" }, rpcPort: port }), {
      message: `Cannot start the RPC server on any port of jobmanager.rpc.port ${port}`,
    });
  },
);

Deno.test(
  "runJobmanager() frees its ports when the services cannot be opened",
  SANITIZE,
  async () => {
    const log = recordedLog();
    await assert.rejects(
      runJobmanager({
        configuration: testConfiguration(),
        addresses: [{ host: "localhost", webuiPort: 0 }],
        logger: log.logger,
        loadServices: () => Promise.resolve(() => Promise.reject(new Error("no such table"))),
      }, signal),
      { message: "no such table" },
    );
    const webuiPort = /webuiPort=(\d+)/.exec(await log.line(/master bound/))![1];
    (await listenAgain(Number(webuiPort))).close();
  },
);

Deno.test("runJobmanager() binds nothing when the code of its mode cannot be loaded", async () => {
  const log = recordedLog();
  await assert.rejects(
    runJobmanager({
      configuration: testConfiguration(),
      addresses: [{ host: "localhost", webuiPort: 0 }],
      logger: log.logger,
      loadServices: () => Promise.reject(new Error("no such module")),
    }, signal),
    { message: "no such module" },
  );
  assert.deepEqual(log.lines, []);
});
