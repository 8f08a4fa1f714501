import assert from "node:assert/strict";
import { WorkerRegistry, type WorkerRegistryOptions } from "../../../src/daemon/worker_registry.ts";
import { recordedLog } from "./fakes.ts";

function setUp(options: Partial<WorkerRegistryOptions> = {}) {
  const clock = { ms: 1000 };
  const log = recordedLog();
  const registry = new WorkerRegistry({
    heartbeatIntervalMs: 10,
    heartbeatTimeoutMs: 50,
    logger: log.logger,
    now: () => clock.ms,
    ...options,
  });
  const lost = new AbortController();
  registry.open({ leaderSessionId: "s-1", lost: lost.signal, deadline: () => Infinity });
  return { registry, clock, lost, log };
}

function worker(workerId = "w-1", leaderSessionId = "s-1") {
  return { workerId, host: "localhost", pid: 7, leaderSessionId };
}

Deno.test("register() tells the heartbeat interval and lists the worker", () => {
  const { registry, clock } = setUp();
  assert.deepEqual(registry.register(worker()), { kind: "registered", heartbeatIntervalMs: 10 });
  clock.ms += 5;
  assert.deepEqual(registry.list(), [
    { workerId: "w-1", host: "localhost", pid: 7, millisecondsSinceHeartbeat: 5 },
  ]);
});

Deno.test("register() can be called again by the same worker", () => {
  const { registry, log } = setUp();
  registry.register(worker());
  registry.register(worker());
  assert.equal(registry.list().length, 1);
  assert.equal(log.lines.length, 1);
});

Deno.test("register() refuses any token but that of the current leadership", () => {
  const { registry } = setUp();
  const answer = registry.register(worker("w-1", "s-0"));
  assert.equal(answer.kind, "refused");
  assert.equal(answer.kind === "refused" && answer.leaderSessionId, "s-1");
  assert.deepEqual(registry.list(), []);
});

Deno.test("register() refuses everyone once leadership is lost, closed or not", () => {
  const { registry, lost } = setUp();
  registry.register(worker());
  lost.abort();
  assert.equal(registry.heartbeat("w-1", "s-1").kind, "refused");
  registry.close();
  assert.equal(registry.register(worker()).kind, "refused");
});

Deno.test("register() takes no more than the greatest number of workers", () => {
  const { registry } = setUp({ maxWorkers: 1 });
  assert.equal(registry.register(worker("w-1")).kind, "registered");
  assert.equal(registry.register(worker("w-2")).kind, "full");
  assert.equal(registry.register(worker("w-1")).kind, "registered");
});

Deno.test("open() forgets the workers of the leadership before", () => {
  const { registry } = setUp();
  registry.register(worker());
  registry.open({
    leaderSessionId: "s-2",
    lost: new AbortController().signal,
    deadline: () => Infinity,
  });
  assert.deepEqual(registry.list(), []);
  assert.equal(registry.heartbeat("w-1", "s-2").kind, "unknown");
});

Deno.test("heartbeat() keeps a worker for another timeout, and not longer", () => {
  const { registry, clock, log } = setUp();
  registry.register(worker());
  clock.ms += 50;
  assert.equal(registry.heartbeat("w-1", "s-1").kind, "alive");
  clock.ms += 50;
  assert.equal(registry.list().length, 1);
  clock.ms += 1;
  assert.deepEqual(registry.list(), []);
  assert.equal(registry.heartbeat("w-1", "s-1").kind, "unknown");
  assert.match(log.lines.at(-1)!, /worker lost: no heartbeat workerId=w-1/);
});

Deno.test("unregister() removes a worker, once", () => {
  const { registry } = setUp();
  registry.register(worker());
  assert.equal(registry.unregister("w-1", "s-0").kind, "refused");
  assert.equal(registry.unregister("w-1", "s-1").kind, "alive");
  assert.equal(registry.unregister("w-1", "s-1").kind, "unknown");
});

Deno.test("watch() removes silent workers while nobody asks", async () => {
  const { registry, clock, log } = setUp({ heartbeatIntervalMs: 1 });
  registry.register(worker());
  const stop = new AbortController();
  const watching = registry.watch(stop.signal);
  clock.ms += 51;
  await log.line(/worker lost/);
  stop.abort();
  await assert.rejects(watching, { name: "AbortError" });
});
