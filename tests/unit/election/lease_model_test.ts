import assert from "node:assert/strict";
import {
  acknowledged,
  attached,
  type Lease,
  leaseBudget,
  newLease,
} from "../../../src/election/lease.ts";
import { type Outcome, type Rule, runModel } from "./lease_model.ts";
import { randomSource } from "./random_source.ts";

const RUNS = 20_000;

const RULE: Rule = { start: newLease, attached, acknowledged };

/** The newest acknowledged write is taken for a proof by itself. */
const NEWEST_WRITE: Rule = {
  ...RULE,
  acknowledged: (lease, { sentAt }) => provenAt(lease, sentAt),
};

/** The write before the newest one is taken for proven, however soon the newest one followed. */
const WRITE_BEFORE: Rule = {
  ...RULE,
  acknowledged: (lease, write) => {
    const { sentAt } = lease.writes.at(-1) ?? { sentAt: lease.attachSentAt };
    return { ...provenAt(lease, sentAt), writes: [write] };
  },
};

/** The handshake is taken for a proof before any write was acknowledged. */
const NO_WRITE: Rule = {
  ...RULE,
  attached: (lease, attachment) => provenAt(attached(lease, attachment), attachment.sentAt),
};

function provenAt(lease: Lease, sentAt: number): Lease {
  const deadline = sentAt + lease.sessionTimeoutMs - leaseBudget(lease).marginMs;
  return { ...lease, deadline: Math.max(lease.deadline, deadline) };
}

function isUnsafe({ spareMs, marginMs, isClockTrue }: Outcome): boolean {
  // Clocks that run alike need no margin, so that it cannot hide a fault of the rule.
  return isClockTrue ? spareMs < marginMs : spareMs < 0;
}

Deno.test("acknowledged() never believes in a session longer than the servers keep it", () => {
  const random = randomSource();
  for (let run = 0; run < RUNS; run++) {
    const outcome = runModel(random, RULE);
    assert.ok(!isUnsafe(outcome), `${random.seed}, run ${run}: ${Deno.inspect(outcome)}`);
  }
});

for (
  const [name, rule] of Object.entries({ NEWEST_WRITE, WRITE_BEFORE, NO_WRITE })
) {
  Deno.test(`the model tells of a rule that is too weak: ${name}`, () => {
    const random = randomSource();
    let unsafe = 0;
    for (let run = 0; run < RUNS; run++) if (isUnsafe(runModel(random, rule))) unsafe++;
    assert.ok(unsafe > 0, random.seed);
  });
}
