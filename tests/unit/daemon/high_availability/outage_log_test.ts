import assert from "node:assert/strict";
import { OutageLog } from "../../../../src/daemon/high_availability/outage_log.ts";
import { createLogger } from "../../../../src/log/logger.ts";

function openLog() {
  const lines: string[] = [];
  const clock = { nowMs: 1000 };
  const logger = createLogger("zookeeper", { write: (line) => lines.push(line) });
  const log = new OutageLog(logger, "zk1:2181,zk2:2181", () => clock.nowMs);
  return { log, lines, clock };
}

function fail(log: OutageLog, server = "zk1:2181"): void {
  log.attemptFailed({ server, error: new Error("connection refused") });
}

Deno.test("OutageLog reports the first attempt that fails, at once", () => {
  const { log, lines } = openLog();
  fail(log);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0]!,
    /WARN {2}zookeeper - ZooKeeper cannot be reached, trying again quorum=zk1:2181,zk2:2181 server=zk1:2181 error="connection refused" attempts=1 forMs=0$/m,
  );
});

Deno.test("OutageLog reports again every five seconds, with what happened meanwhile", () => {
  const { log, lines, clock } = openLog();
  const startMs = clock.nowMs;
  for (let ms = 0; ms <= 12_000; ms += 100) {
    clock.nowMs = startMs + ms;
    fail(log, ms % 200 === 0 ? "zk1:2181" : "zk2:2181");
  }
  assert.deepEqual(
    lines.map((line) => /attempts=\d+ forMs=\d+/.exec(line)?.[0]),
    ["attempts=1 forMs=0", "attempts=51 forMs=5000", "attempts=101 forMs=10000"],
  );
});

Deno.test("OutageLog begins a new report when an outage follows another", () => {
  const { log, lines, clock } = openLog();
  fail(log);
  clock.nowMs += 100;
  log.end();
  clock.nowMs += 100;
  fail(log);
  assert.equal(lines.length, 2);
  assert.match(lines[1]!, /attempts=1 forMs=0$/m);
});

Deno.test("OutageLog.end() may be called without an outage", () => {
  const { log, lines } = openLog();
  log.end();
  assert.deepEqual(lines, []);
});
