import assert from "node:assert/strict";
import type { ServiceManager } from "../../../src/daemon/service_manager.ts";
import { reportToServiceManager } from "../../../src/daemon/service_report.ts";
import { aborted } from "../../../src/async/abortable.ts";
import { FakeServices } from "./fakes.ts";

Deno.test("reportToServiceManager() says that a daemon is ready only when it is connected", async () => {
  const services = new FakeServices();
  services.connection.set({ kind: "connecting" });
  const told: string[] = [];
  const ready = Promise.withResolvers<void>();
  const manager = {
    tellStatus: async (describe: () => string, signal: AbortSignal) => {
      told.push(describe());
      await aborted(signal);
    },
    watchdog: (signal: AbortSignal) => aborted(signal),
    ready: () => {
      told.push("ready");
      ready.resolve();
      return Promise.resolve();
    },
  } as unknown as ServiceManager;
  const stop = new AbortController();
  const describe = () => services.connection.value.kind;
  const reporting = reportToServiceManager(manager, { services, describe }, stop.signal);
  services.connection.set({ kind: "suspended", sessionId: "0x1" });
  assert.deepEqual(told, ["connecting"]);
  services.connection.set({
    kind: "connected",
    sessionId: "0x1",
    server: "localhost:2181",
    sessionTimeoutMs: 10_000,
  });
  await ready.promise;
  stop.abort();
  await reporting;
  assert.deepEqual(told, ["connecting", "ready"]);
});
