import type { PastLeadership } from "../../../src/election/history.ts";

/** A leadership of this epoch by `a:8081` that goes on, unless told otherwise. */
export function led(epoch: string, more: Partial<PastLeadership> = {}): PastLeadership {
  return {
    epoch,
    host: "a",
    port: 8081,
    publishedAt: "2026-01-01T00:00:00.000Z",
    endedAt: null,
    ending: null,
    gapMs: null,
    cause: "first",
    process: { pid: 10, startedAt: "2025-12-31T00:00:00.000Z", sessionId: "0x1" },
    ...more,
  };
}
