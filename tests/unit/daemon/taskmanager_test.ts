import assert from "node:assert/strict";
import { LatestValue } from "../../../src/async/latest_value.ts";
import { runTaskmanager } from "../../../src/daemon/taskmanager.ts";
import { WorkerRegistry } from "../../../src/daemon/worker_registry.ts";
import { answerBy } from "../../../src/http/router.ts";
import { HttpServer } from "../../../src/http/server.ts";
import { workerRoutes } from "../../../src/http/worker_calls.ts";
import { FakeServices, recordedLog, testConfiguration } from "./fakes.ts";

const SANITIZE = { sanitizeOps: true, sanitizeResources: true };

/** A leader as workers see it: a registry behind its routes. */
function startLeader(leaderSessionId: string) {
  const registry = new WorkerRegistry({
    heartbeatIntervalMs: 5,
    heartbeatTimeoutMs: 5000,
    logger: recordedLog().logger,
  });
  registry.open({
    leaderSessionId,
    lost: new AbortController().signal,
    deadline: () => Infinity,
  });
  const calls = new LatestValue<string[]>([]);
  const answer = answerBy(workerRoutes(registry));
  const server = new HttpServer({
    hostname: "127.0.0.1",
    port: 0,
    logger: recordedLog().logger,
    answer: async (request) => {
      const response = await answer(request);
      calls.set([...calls.value, `${request.method} ${response.status}`]);
      return response;
    },
  });
  return {
    registry,
    information: {
      leaderSessionId,
      address: `http://localhost:${server.port}`,
      details: {
        host: "127.0.0.1",
        webuiPort: 1,
        rpcPort: server.port,
        epoch: 7n,
        version: "0.0.0",
      },
    },
    /** Waits for a call with this answer; of `count` of them. */
    answered: (call: string, count = 1) =>
      calls.until((seen) => seen.filter((one) => one === call).length >= count, {
        signal: new AbortController().signal,
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function startWorker(changes: Parameters<typeof testConfiguration>[0] = {}) {
  const services = new FakeServices();
  const log = recordedLog();
  const stop = new AbortController();
  const running = runTaskmanager({
    configuration: testConfiguration(changes),
    hostname: "host.example",
    logger: log.logger,
    openServices: () => Promise.resolve(services),
  }, stop.signal);
  return {
    services,
    log,
    running,
    async [Symbol.asyncDispose]() {
      stop.abort(new DOMException("stop", "AbortError"));
      await running;
    },
  };
}

Deno.test(
  "runTaskmanager() registers with the leader, keeps alive, and takes its leave",
  SANITIZE,
  async () => {
    await using leader = startLeader("s-1");
    const worker = startWorker();
    worker.services.leader.set(leader.information);
    await leader.answered("PUT 204", 3);
    assert.match(await worker.log.line(/registered with leader/), /address=http.* epoch=7/);
    assert.deepEqual(leader.registry.list().map(({ host, pid }) => ({ host, pid })), [
      { host: "host.example", pid: Deno.pid },
    ]);
    await worker[Symbol.asyncDispose]();
    await leader.answered("DELETE 204");
    assert.deepEqual(leader.registry.list(), []);
    assert.ok(worker.services.isDisposed);
  },
);

Deno.test(
  "runTaskmanager() moves to the next leader, without a word to the last",
  SANITIZE,
  async () => {
    await using first = startLeader("s-1");
    await using second = startLeader("s-2");
    await using worker = startWorker();
    worker.services.leader.set(first.information);
    await first.answered("PUT 204");
    worker.services.leader.set(undefined);
    worker.services.leader.set(second.information);
    await second.answered("PUT 204");
    assert.equal(first.registry.list().length, 1);
  },
);

Deno.test("runTaskmanager() stays with its leader while none is known", SANITIZE, async () => {
  await using leader = startLeader("s-1");
  await using worker = startWorker();
  worker.services.leader.set(leader.information);
  await leader.answered("PUT 204");
  worker.services.leader.set(undefined);
  await leader.answered("PUT 204", 5);
  await leader.answered("POST 200", 1);
});

Deno.test(
  "runTaskmanager() registers again when the leader has forgotten it",
  SANITIZE,
  async () => {
    await using leader = startLeader("s-1");
    await using worker = startWorker();
    worker.services.leader.set(leader.information);
    await leader.answered("PUT 204");
    leader.registry.open({
      leaderSessionId: "s-1",
      lost: new AbortController().signal,
      deadline: () => Infinity,
    });
    await leader.answered("PUT 404");
    await leader.answered("POST 200", 2);
  },
);

Deno.test("runTaskmanager() asks again after it was refused", SANITIZE, async () => {
  await using leader = startLeader("s-2");
  await using worker = startWorker();
  worker.services.leader.set({ ...leader.information, leaderSessionId: "s-1" });
  await leader.answered("POST 409", 2);
  assert.match(await worker.log.line(/registration refused/), /not that of the current/);
  worker.services.leader.set(leader.information);
  await leader.answered("PUT 204");
});

Deno.test("runTaskmanager() asks again after it could not connect", SANITIZE, async () => {
  await using leader = startLeader("s-1");
  await using worker = startWorker();
  const { details } = leader.information;
  worker.services.leader.set({ ...leader.information, details: { ...details, rpcPort: 1 } });
  assert.match(await worker.log.line(/registration failed/), /refused/);
  worker.services.leader.set(leader.information);
  await leader.answered("PUT 204");
});

Deno.test(
  "runTaskmanager() waits for another leader if the leader is not masterd",
  SANITIZE,
  async () => {
    await using leader = startLeader("s-1");
    await using worker = startWorker();
    worker.services.leader.set({ leaderSessionId: "s-0", address: "akka.tcp://flink@far:6123" });
    await worker.log.line(/not masterd.*akka/);
    worker.services.leader.set(leader.information);
    await leader.answered("PUT 204");
  },
);

Deno.test(
  "runTaskmanager() gives a silent leader up after heartbeat.timeout",
  SANITIZE,
  async () => {
    await using leader = startLeader("s-1");
    await using worker = startWorker({ heartbeat: { intervalMs: 5, timeoutMs: 30 } });
    worker.services.leader.set(leader.information);
    await leader.answered("PUT 204");
    await leader[Symbol.asyncDispose]();
    await worker.log.line(/heartbeat failed/);
    await worker.log.line(/leader lost: no answer to heartbeats/);
    await worker.log.line(/registration failed/);
  },
);

Deno.test(
  "runTaskmanager() fails without a leader for taskmanager.registration.timeout",
  SANITIZE,
  async () => {
    const worker = startWorker({ taskmanager: { registrationTimeoutMs: 5 } });
    await assert.rejects(worker.running, {
      name: "StartError",
      message: /none took this worker within 5 ms \(taskmanager\.registration\.timeout\)/,
    });
    assert.ok(worker.services.isDisposed);
  },
);
