import assert from "node:assert/strict";
import {
  acknowledged,
  type AcknowledgedWrite,
  attached,
  type Lease,
  leaseBudget,
  newLease,
} from "../../../src/election/lease.ts";

/** T = 10 s and a tick of 2 s: margin 500, a relay comes more than 1170 behind what it relays. */
const TERMS = { sessionTimeoutMs: 10_000, tickTimeMs: 2000 };

/** A connection made at `sentAt`, and the writes on it as [sent, acknowledged]. */
function leaseAfter(sentAt: number, writes: [number, number][], start?: Lease): Lease {
  const { sessionTimeoutMs, tickTimeMs } = TERMS;
  return writes
    .map(([sentAt, acknowledgedAt]): AcknowledgedWrite => ({ sentAt, acknowledgedAt }))
    .reduce(acknowledged, attached(start ?? newLease(tickTimeMs), { sentAt, sessionTimeoutMs }));
}

const DEADLINES: { fact: string; writes: [number, number][]; deadline: number }[] = [
  { fact: "without a write nothing is proven", writes: [], deadline: -Infinity },
  { fact: "any write proves the handshake", writes: [[500, 510]], deadline: 9500 },
  { fact: "a second write is no relay yet", writes: [[10, 20], [2000, 2010]], deadline: 9500 },
  {
    fact: "a third one proves the first over the second",
    writes: [[10, 20], [1200, 1210], [1220, 1230]],
    deadline: 9510,
  },
  {
    fact: "however late the third one is",
    writes: [[10, 20], [1200, 1210], [7000, 7010]],
    deadline: 9510,
  },
  {
    fact: "a second one that follows at once is no relay",
    writes: [[10, 20], [30, 40], [1000, 1010]],
    deadline: 9500,
  },
  {
    fact: "nor one that was sent just half a tick behind, and what a PING may be late",
    writes: [[10, 20], [1190, 1195], [1196, 1199]],
    deadline: 9500,
  },
  {
    fact: "the pause counts from the acknowledgement",
    writes: [[10, 200], [1250, 1260], [1270, 1280]],
    deadline: 9500,
  },
  {
    fact: "a last write that was under way already proves nothing of the relay",
    writes: [[10, 20], [1200, 1300], [1250, 1310]],
    deadline: 9500,
  },
  {
    fact: "of a pair of writes the second is the anchor",
    writes: [[10, 20], [30, 40], [1300, 1310], [1320, 1330]],
    deadline: 9530,
  },
  {
    fact: "the newest anchor counts, however many came before",
    writes: [[10, 20], [30, 40], [1300, 1310], [1320, 1330], [2600, 2610], [2620, 2630]],
    deadline: 10_820,
  },
];

for (const { fact, writes, deadline } of DEADLINES) {
  Deno.test(`acknowledged() moves the deadline: ${fact}`, () => {
    assert.equal(leaseAfter(0, writes).deadline, deadline);
  });
}

Deno.test("acknowledged() never takes back what was earned", () => {
  const earned = leaseAfter(0, [[10, 20], [1300, 1310], [1320, 1330]]);
  const late = acknowledged(earned, { sentAt: 9000, acknowledgedAt: 9010 });
  assert.ok(late.deadline >= earned.deadline);
});

Deno.test("attached() keeps the deadline and starts the proofs again", () => {
  const earned = leaseAfter(0, [[10, 20], [1300, 1310], [1320, 1330]]);
  const again = attached(earned, { sentAt: 5000, sessionTimeoutMs: 10_000 });
  assert.equal(again.deadline, earned.deadline);
  assert.deepEqual(again.writes, []);
  assert.equal(acknowledged(again, { sentAt: 5010, acknowledgedAt: 5020 }).deadline, 14_500);
});

Deno.test("attached() to a server that grants less brings the deadline closer", () => {
  const earned = leaseAfter(0, [[10, 20], [1300, 1310], [1320, 1330]]);
  const shorter = attached(earned, { sentAt: 2000, sessionTimeoutMs: 4000 });
  assert.equal(shorter.deadline, 2000 + 4000 - 200);
});

Deno.test("attached() goes by the shortest timeout the session was ever granted", () => {
  const shorter = attached(newLease(2000), { sentAt: 0, sessionTimeoutMs: 4000 });
  const longer = attached(shorter, { sentAt: 1000, sessionTimeoutMs: 40_000 });
  const write = { sentAt: 1010, acknowledgedAt: 1020 };
  assert.equal(acknowledged(longer, write).deadline, 1000 + 4000 - 200);
});

Deno.test("attached() does not invent a lease", () => {
  const lease = attached(newLease(2000), { sentAt: 0, sessionTimeoutMs: 4000 });
  assert.equal(lease.deadline, -Infinity);
});

Deno.test("acknowledged() keeps no more writes than the next proofs need", () => {
  let lease = attached(newLease(2000), { sentAt: 0, sessionTimeoutMs: 10_000 });
  for (let at = 0; at < 1_000_000; at += 1300) {
    lease = acknowledged(lease, { sentAt: at, acknowledgedAt: at + 10 });
    lease = acknowledged(lease, { sentAt: at + 11, acknowledgedAt: at + 20 });
    assert.ok(lease.writes.length <= 4, `${lease.writes.length}`);
  }
});

const BUDGETS = [
  {
    terms: { sessionTimeoutMs: 10_000, tickTimeMs: 2000 },
    budget: {
      marginMs: 500,
      beatIntervalMs: 1200,
      standbyIntervalMs: 3500,
      answerLimitMs: 10_000 / 3,
      heldMs: 7100,
    },
  },
  {
    terms: { sessionTimeoutMs: 4000, tickTimeMs: 2000 },
    budget: {
      marginMs: 200,
      beatIntervalMs: 1200,
      standbyIntervalMs: 1400,
      answerLimitMs: 700,
      heldMs: 1400,
    },
  },
  {
    // A tick of more than half the timeout cannot be the server's.
    terms: { sessionTimeoutMs: 2000, tickTimeMs: 2000 },
    budget: {
      marginMs: 100,
      beatIntervalMs: 600,
      standbyIntervalMs: 700,
      answerLimitMs: 350,
      heldMs: 700,
    },
  },
];

for (const { terms, budget } of BUDGETS) {
  Deno.test(`leaseBudget() of ${terms.sessionTimeoutMs} and ${terms.tickTimeMs} ms`, () => {
    assert.deepEqual(leaseBudget(terms), budget);
  });
}

Deno.test("leaseBudget() leaves a leader more than a quarter of its session, under any usual terms", () => {
  for (const sessionTimeoutMs of [2000, 4000, 6000, 10_000, 30_000, 60_000]) {
    for (const tickTimeMs of [500, 1000, 2000, 3000]) {
      const budget = leaseBudget({ sessionTimeoutMs, tickTimeMs });
      assert.ok(budget.heldMs > sessionTimeoutMs / 4);
      assert.ok(budget.standbyIntervalMs >= budget.beatIntervalMs);
      assert.ok(budget.answerLimitMs < budget.heldMs);
      assert.ok(budget.marginMs >= 100 && budget.marginMs >= sessionTimeoutMs / 20);
    }
  }
});
