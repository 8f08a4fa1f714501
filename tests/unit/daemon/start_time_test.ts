import assert from "node:assert/strict";
import { StartTime } from "../../../src/daemon/start_time.ts";

Deno.test("clockStepMs() tells by how much the wall clock was set, and nothing of time that passed", () => {
  const start = new StartTime();
  assert.ok(Math.abs(start.clockStepMs()) < 1000);
  const { now } = Date;
  try {
    Date.now = () => now() - 3_600_000;
    assert.ok(Math.abs(start.clockStepMs() + 3_600_000) < 1000);
  } finally {
    Date.now = now;
  }
});
