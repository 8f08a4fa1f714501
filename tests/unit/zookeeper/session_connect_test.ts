import assert from "node:assert/strict";
import { connect, isZkError, openTcpSocket } from "../../../src/zookeeper/mod.ts";
import { until } from "../../support/until.ts";
import { FakeServer } from "./fake_server.ts";
import { openSession, startSession } from "./opened_session.ts";
import { failedAttempts, reached } from "./session_trace.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const signal = () => AbortSignal.timeout(5000);
const PASSWORD = new Uint8Array(16).fill(3);

Deno.test("connect() opens a session and tells its id, timeout and server", sanitized, async () => {
  await using server = FakeServer.start();
  const connecting = connect(server.address, {
    sessionTimeoutMs: 7000,
    closeTimeoutMs: 0,
    signal: signal(),
  });
  const startedAt = performance.now();
  const connection = await server.establish({
    sessionId: -9n,
    timeoutMs: 4000,
    password: PASSWORD,
  });
  await using zk = await connecting;
  assert.ok(zk.state.kind === "connected");
  const { attachSentAt, ...state } = zk.state;
  assert.deepEqual(state, {
    kind: "connected",
    sessionId: -9n,
    negotiatedTimeoutMs: 4000,
    server: server.address,
  });
  assert.ok(attachSentAt >= startedAt && attachSentAt <= performance.now());
  assert.deepEqual(zk.credentials, { id: -9n, password: PASSWORD });
  assert.deepEqual(await connection.connectRequest, {
    protocolVersion: 0,
    lastZxidSeen: 0n,
    timeoutMs: 7000,
    sessionId: 0n,
    password: new Uint8Array(16),
    isReadOnlyAllowed: false,
  });
});

Deno.test("connect() aborted leaves nothing open", sanitized, async () => {
  await using server = FakeServer.start();
  const controller = new AbortController();
  const connecting = connect(server.address, { signal: controller.signal });
  const connection = await server.accept();
  await connection.connectRequest;
  controller.abort(new Error("stop"));
  await assert.rejects(connecting, /stop/);
  await connection.ended;
});

Deno.test("connect() aborted before it begins leaves nothing open", sanitized, async () => {
  await using server = FakeServer.start();
  const aborted = AbortSignal.abort(new Error("stop"));
  await assert.rejects(connect(server.address, { signal: aborted }), /stop/);
});

Deno.test("connect() takes over the session of credentials", sanitized, async () => {
  await using server = FakeServer.start();
  const credentials = { id: 77n, password: PASSWORD };
  await using opened = await openSession(server, {
    credentials,
    response: { sessionId: 77n, password: PASSWORD },
  });
  const { sessionId, password } = await opened.connection.connectRequest;
  assert.deepEqual({ id: sessionId, password }, credentials);
  assert.equal(opened.zk.state.kind, "connected");
});

for (
  const [what, response] of [
    ["a timeout of 0", { timeoutMs: 0, sessionId: 0n }],
    ["another session", { sessionId: 78n }],
  ] as const
) {
  Deno.test(`connect() takes ${what} for the end of the session`, sanitized, async () => {
    await using server = FakeServer.start();
    const connecting = connect(server.address, {
      credentials: { id: 77n, password: PASSWORD },
      signal: signal(),
    });
    const expiry = assert.rejects(connecting, (error) => isZkError(error, "SessionExpired"));
    const connection = await server.establish(response);
    await expiry;
    await connection.ended;
    assert.equal(server.acceptedCount, 1);
  });
}

Deno.test(
  "a server that closes without an answer is left for the next one",
  sanitized,
  async () => {
    await using closing = FakeServer.start();
    await using good = FakeServer.start();
    await using started = startSession(`${closing.address},${good.address}`);
    const connection = await closing.accept();
    await connection.connectRequest;
    connection.close();
    await good.establish();
    await started.zk.connected({ signal: signal() });
    assert.match(failedAttempts(started.events)[0]!, /closed the connection without an answer/);
  },
);

Deno.test("a server that says nothing is left for the next one in time", sanitized, async () => {
  await using silent = FakeServer.start();
  await using good = FakeServer.start();
  await using started = startSession(`${silent.address},${good.address}`, {
    connectTimeoutMs: 200,
  });
  const connection = await silent.accept();
  await good.establish();
  await started.zk.connected({ signal: signal() });
  assert.deepEqual(failedAttempts(started.events), [
    `Server ${silent.address} did not answer within 200 ms`,
  ]);
  await connection.ended;
});

Deno.test("each server has its share of the session timeout", sanitized, async () => {
  await using silent = FakeServer.start();
  await using started = startSession(`${silent.address},${silent.address}`, {
    sessionTimeoutMs: 100,
  });
  await silent.accept();
  await silent.accept();
  assert.match(failedAttempts(started.events)[0]!, /did not answer within 25 ms/);
});

Deno.test("a server that refuses a new session is left for the next try", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  await server.establish({ timeoutMs: 0, sessionId: 0n });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.match(failedAttempts(started.events)[0]!, /refused to open a session/);
});

Deno.test("a server that refuses connections is tried again", sanitized, async () => {
  const port = closedPort();
  await using started = startSession(`127.0.0.1:${port}`);
  await until(() => failedAttempts(started.events).length, (count) => count >= 3);
  assert.equal(started.zk.state.kind, "connecting");
});

Deno.test("one name of three that has no address does not stop it", sanitized, async () => {
  await using server = FakeServer.start();
  const asked: string[] = [];
  await using started = startSession(`good:${server.port},bad:1,ugly:2`, {
    resolveHost: (hostname) => {
      asked.push(hostname);
      if (hostname === "good") return Promise.resolve(["127.0.0.1"]);
      if (hostname === "ugly") return Promise.resolve([]);
      return Promise.reject(new Error("getaddrinfo ENOTFOUND bad"));
    },
  });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.equal(asked.at(-1), "good");
  const state = await reached(started.zk, "connected");
  assert.equal(state.server, `good:${server.port}`);
});

Deno.test("a name is asked for anew at each attempt", sanitized, async () => {
  await using server = FakeServer.start();
  const answers = [["127.0.0.2"], ["127.0.0.1"]];
  await using started = startSession(`zk:${server.port}`, {
    resolveHost: () => Promise.resolve(answers.shift() ?? assert.fail("asked too often")),
  });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.equal(failedAttempts(started.events).length, 1);
  assert.equal(answers.length, 0);
});

Deno.test("all addresses of a name are tried, in their order", sanitized, async () => {
  await using server = FakeServer.start();
  const tried: string[] = [];
  await using started = startSession(`zk:${server.port}`, {
    resolveHost: () => Promise.resolve(["127.0.0.2", "127.0.0.1"]),
    openSocket: (address, options) => {
      tried.push(`${address.hostname} of ${options.serverName}`);
      return openTcpSocket(address, options);
    },
  });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.deepEqual(tried, ["127.0.0.2 of zk", "127.0.0.1 of zk"]);
  assert.deepEqual(failedAttempts(started.events), []);
});

Deno.test("a silent address leaves time for the other of the name", sanitized, async () => {
  await using silent = FakeServer.start();
  await using server = FakeServer.start();
  await using started = startSession("zk:1", {
    connectTimeoutMs: 500,
    resolveHost: () => Promise.resolve(["silent", "good"]),
    openSocket: ({ hostname }, options) => {
      const { port } = hostname === "good" ? server : silent;
      return openTcpSocket({ hostname: "127.0.0.1", port }, options);
    },
  });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.equal(silent.acceptedCount, 1);
  assert.deepEqual(failedAttempts(started.events), []);
});

Deno.test("an answer to a name that never comes is not waited for", sanitized, async () => {
  await using server = FakeServer.start();
  let isFirst = true;
  await using started = startSession(`zk:${server.port}`, {
    connectTimeoutMs: 200,
    resolveHost: () => {
      if (!isFirst) return Promise.resolve(["127.0.0.1"]);
      isFirst = false;
      return new Promise(() => {});
    },
  });
  await server.establish();
  await started.zk.connected({ signal: signal() });
  assert.match(failedAttempts(started.events)[0]!, /did not answer within 200 ms/);
});

Deno.test("a socket that opens too late is closed", sanitized, async () => {
  await using server = FakeServer.start();
  let isFirst = true;
  await using started = startSession(server, {
    connectTimeoutMs: 200,
    openSocket: async (address, options) => {
      if (isFirst) await aborted(options.signal);
      isFirst = false;
      return await openTcpSocket(address, { ...options, signal: signal() });
    },
  });
  const late = await server.accept();
  await assert.rejects(late.connectRequest, /said nothing/);
  await late.ended;
  assert.equal(failedAttempts(started.events).length, 1);
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** A port that nobody listens on. */
function closedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
