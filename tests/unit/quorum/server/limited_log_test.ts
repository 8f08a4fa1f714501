import assert from "node:assert/strict";
import { createLogger } from "../../../../src/log/logger.ts";
import { LimitedLog } from "../../../../src/quorum/server/limited_log.ts";

Deno.test("LimitedLog writes so many lines in a while, and then how many it left out", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const logger = createLogger("test", { write: (line) => lines.push(line) });
  const log = new LimitedLog(logger, () => nowMs);
  for (let count = 0; count < 50; count++) log.warn("closing a connection", { reason: "x" });
  assert.equal(lines.length, 20);
  nowMs = 10_000;
  log.warn("closing a connection", { reason: "y" });
  assert.match(lines[20]!, /left out lines=30\n$/);
  assert.match(lines[21]!, /reason=y\n$/);
});

Deno.test("LimitedLog cuts long texts", () => {
  const lines: string[] = [];
  const logger = createLogger("test", { write: (line) => lines.push(line) });
  new LimitedLog(logger).warn("closing a connection", { reason: "x".repeat(100_000) });
  assert.ok(lines[0]!.length < 400);
});
