import assert from "node:assert/strict";
import { LatestValue } from "../../../src/async/latest_value.ts";
import type { TaskmanagerCommand } from "../../../src/config/command_configuration.ts";
import type { RegistrationState } from "../../../src/daemon/leader_attachment.ts";
import { runWorkerCommand } from "../../../src/daemon/worker_command.ts";
import type { LeaderInformation } from "../../../src/election/leadership.ts";
import { endCommand, FakeSystem } from "../workload/fake_guard.ts";
import { recordedLog } from "./fakes.ts";

/** A worker's command under fake guards, whose leader the test names. */
function followingCommand(onLeaderChange: TaskmanagerCommand["onLeaderChange"]) {
  const system = new FakeSystem();
  const log = recordedLog();
  const stop = new AbortController();
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const registration = new LatestValue<RegistrationState>({ kind: "unregistered" });
  const over = runWorkerCommand(
    {
      command: {
        words: ["work"],
        stopGraceMs: 0,
        logMaxBytes: 1000,
        restart: { initialDelayMs: 1, maxDelayMs: 1, attempts: Infinity, stableAfterMs: 60_000 },
        onLeaderChange,
      },
      host: "worker",
      confDir: "/conf",
      guard: ["guard"],
      logFile: "/log/command.log",
      logKept: 1,
      logger: log.logger,
      system,
    },
    { leader, registration },
    stop.signal,
  ).catch((error) => error);
  return {
    system,
    log,
    registration,
    lead(leaderSessionId: string) {
      leader.set({ leaderSessionId, address: `http://${leaderSessionId}` });
      registration.set({ kind: "registered", leaderSessionId });
    },
    async addressOfRun(index: number) {
      const { environment } = await (await system.guard(index)).order("run");
      return environment.MASTERD_LEADER_ADDRESS;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await over;
    },
  };
}

for (const mode of ["signal", "none"] as const) {
  Deno.test(`a worker's command that is started again is told of the leader of then: ${mode}`, async () => {
    await using worker = followingCommand(mode);
    worker.lead("first");
    assert.equal(await worker.addressOfRun(0), "http://first");
    await worker.log.line(/command started/);
    worker.lead("second");
    await worker.log.line(/the leader changed/);
    endCommand(worker.system.guards[0]!);
    assert.equal(await worker.addressOfRun(1), "http://second");
  });
}

Deno.test("a worker's command is restarted once, though the leader changes twice while it stops", async () => {
  await using worker = followingCommand("restart");
  worker.lead("first");
  await worker.log.line(/command started/);
  const guard = worker.system.guards[0]!;
  const { onOrder } = worker.system;
  worker.system.onOrder = (order, ordered) => {
    if (order.kind !== "stop") onOrder(order, ordered);
  };
  worker.lead("second");
  await guard.order("stop");
  worker.registration.set({ kind: "unregistered" });
  worker.lead("third");
  worker.system.onOrder = onOrder;
  endCommand(guard, { cause: "stop" });
  assert.equal(await worker.addressOfRun(1), "http://third");
  assert.equal(worker.log.lines.filter((line) => /the leader changed/.test(line)).length, 1);
});
