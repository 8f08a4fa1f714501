import assert from "node:assert/strict";
import { readWriteAnswer } from "../../../faults/state/state_call.ts";

const failure = (kind: string, more = {}) => JSON.stringify({ error: "…", kind, ...more });

Deno.test("readWriteAnswer() tells what was done from what surely was not, and from what is not known", () => {
  const entry = JSON.stringify({ name: "a", version: "7", epoch: "5" });
  const told = { version: 7n, epoch: 5n };
  assert.deepEqual(readWriteAnswer(201, entry), {
    kind: "written",
    told: { ...told, isNew: true },
  });
  assert.deepEqual(readWriteAnswer(200, entry), {
    kind: "written",
    told: { ...told, isNew: false },
  });
  assert.deepEqual(readWriteAnswer(204, ""), { kind: "deleted" });
  const mismatch = readWriteAnswer(412, failure("version-mismatch", { version: null }));
  assert.deepEqual(mismatch, { kind: "refused", why: "mismatch", found: null });
  assert.equal(readWriteAnswer(409, failure("not-leading")).kind, "refused");
  assert.equal(readWriteAnswer(503, failure("unavailable")).kind, "refused");
  assert.equal(readWriteAnswer(503, failure("unknown-outcome")).kind, "unknown");
});

Deno.test("readWriteAnswer() throws for what no failing leader explains", () => {
  assert.throws(() => readWriteAnswer(503, failure("wrong-storage")), /answered 503/);
  assert.throws(() => readWriteAnswer(500, failure("broken")), /answered 500/);
  assert.throws(() => readWriteAnswer(401, JSON.stringify({ error: "…" })), /answered 401/);
});
