import assert from "node:assert/strict";
import { newPassword, SessionIds } from "../../../../src/quorum/server/session_ids.ts";

const STARTED_AT_MS = Date.UTC(2026, 10, 23);

function ids(options: { startedAtMs?: number; living?: bigint[] } = {}): SessionIds {
  const { startedAtMs = STARTED_AT_MS, living = [] } = options;
  return new SessionIds({ serverId: 1, startedAtMs, living });
}

Deno.test("SessionIds.next() has the server's id in the top byte, and never repeats", () => {
  const some = ids();
  const given = Array.from({ length: 1000 }, () => some.next());
  assert.equal(new Set(given).size, 1000);
  assert.deepEqual([...new Set(given.map((id) => id >> 56n))], [1n]);
});

Deno.test("SessionIds of a later start are others", () => {
  const before = ids();
  const after = ids({ startedAtMs: STARTED_AT_MS + 1 });
  const first = after.next();
  for (let count = 0; count < 1000; count++) assert.ok(before.next() < first);
});

Deno.test("SessionIds of a clock that was set back come behind those that live", () => {
  const living = [ids().next(), 5n, 0x0200000000000000n];
  const back = ids({ startedAtMs: STARTED_AT_MS - 3_600_000, living });
  assert.equal(back.next(), living[0]! + 1n);
});

Deno.test("newPassword() is 16 bytes, and another each time", () => {
  const [one, other] = [newPassword(), newPassword()];
  assert.equal(one.length, 16);
  assert.notDeepEqual(one, other);
});
