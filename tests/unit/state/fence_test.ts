import assert from "node:assert/strict";
import { type TransactionStep, ZkError } from "zookeeper";
import { type Fence, type Outcome, writeFenced } from "../../../src/state/fence.ts";
import { FakeEnsemble } from "./fake_ensemble.ts";
import { type FakeFault, FakeZooKeeper } from "./fake_zookeeper.ts";
import { rejects } from "./state_fixture.ts";

const PATH = "/node";
const STEP: TransactionStep = { kind: "create", path: PATH };

function setUp() {
  const ensemble = new FakeEnsemble();
  const zk = new FakeZooKeeper(ensemble, 1n);
  const epoch = ensemble.make("/latch/own", { session: 1n });
  const lost = new AbortController();
  const fence: Fence = { path: "/latch/own", epoch, lost: lost.signal };
  const fail = (kind: FakeFault["kind"], then?: () => void) =>
    zk.faults.push({ operation: "multi", kind, then });
  const write = (): Promise<Outcome> => writeFenced(zk.asZooKeeper, fence, [STEP]);
  const isWritten = () => ensemble.tree.has(PATH);
  return { ensemble, zk, lost, fail, write, isWritten };
}

Deno.test("writeFenced() does its steps while the latch node is there", async () => {
  const { write, isWritten } = setUp();
  assert.deepEqual(await write(), { kind: "done" });
  assert.ok(isWritten());
});

Deno.test("writeFenced() does nothing once the latch node is gone", async () => {
  const { ensemble, write, isWritten } = setUp();
  ensemble.remove("/latch/own");
  await rejects(write(), "not-leading");
  assert.ok(!isWritten());
});

Deno.test("writeFenced() asks nobody once leadership is lost", async () => {
  const { zk, lost, write } = setUp();
  lost.abort();
  await rejects(write(), "not-leading");
  assert.deepEqual(zk.calls, []);
});

Deno.test("writeFenced() says for sure that a session that is over did nothing", async () => {
  const { ensemble, write } = setUp();
  ensemble.expire(1n);
  await rejects(write(), "not-leading");
});

Deno.test("writeFenced() tries again when the answer is lost before anything happened", async () => {
  const { fail, write, isWritten } = setUp();
  fail("lost-before");
  fail("lost-before");
  assert.deepEqual(await write(), { kind: "done" });
  assert.ok(isWritten());
});

Deno.test("writeFenced() finds a node that is not as expected: surely not its own work", async () => {
  const { ensemble, write } = setUp();
  ensemble.make(PATH);
  const outcome = await write();
  assert.equal(outcome.kind, "outrun");
  assert.equal((outcome as { isUncertain: boolean }).isUncertain, false);
});

Deno.test("writeFenced() finds a node that is not as expected: perhaps its own work", async () => {
  const { fail, write } = setUp();
  fail("lost-after");
  const outcome = await write();
  assert.equal(outcome.kind, "outrun");
  assert.equal((outcome as { isUncertain: boolean }).isUncertain, true);
});

const UNKNOWN: [
  what: string,
  trouble: (setup: ReturnType<typeof setUp>) => void,
  kind: FakeFault["kind"],
][] = [
  ["the latch node goes", ({ ensemble }) => ensemble.remove("/latch/own"), "lost-after"],
  [
    "the latch node goes and nothing was done",
    ({ ensemble }) => ensemble.remove("/latch/own"),
    "lost-before",
  ],
  ["the session ends", ({ ensemble }) => ensemble.expire(1n), "lost-after"],
  ["leadership ends", ({ lost }) => lost.abort(), "lost-after"],
  [
    "leadership ends for a reason that looks like an answer",
    ({ lost }) => lost.abort(new ZkError("NoNode", { operation: "multi step 0 check" })),
    "lost-after",
  ],
];

for (const [what, trouble, kind] of UNKNOWN) {
  Deno.test(`writeFenced() does not know what became of it when the answer is lost and ${what}`, async () => {
    const setup = setUp();
    setup.fail(kind, () => trouble(setup));
    await rejects(setup.write(), "unknown-outcome");
    assert.equal(setup.isWritten(), kind === "lost-after");
  });
}

Deno.test("writeFenced() takes the end of leadership under a request for no answer, whatever its reason is", async () => {
  const ensemble = new FakeEnsemble();
  const zk = new FakeZooKeeper(ensemble, 1n, { isManual: true });
  const epoch = ensemble.make("/latch/own", { session: 1n });
  const lost = new AbortController();
  const fence = { path: "/latch/own", epoch, lost: lost.signal };
  const writing = writeFenced(zk.asZooKeeper, fence, [STEP]);
  lost.abort(new ZkError("SessionExpired", { operation: "multi" }));
  await rejects(writing, "unknown-outcome");
  zk.executeNext();
  assert.ok(ensemble.tree.has(PATH));
});

Deno.test("writeFenced() passes on other refusals, behind which nothing was done", async () => {
  for (const kind of ["NoAuth", "ThrottledOp", "InvalidACL", "RequestTooLarge"] as const) {
    const { fail, write } = setUp();
    fail(kind);
    await assert.rejects(write(), { name: "ZkError", code: kind });
  }
});

Deno.test("writeFenced() does not take an answer that it could not read for a refusal", async () => {
  for (const kind of ["MarshallingError", "ResponseTooLarge"] as const) {
    const { fail, write } = setUp();
    fail(kind);
    await rejects(write(), "unknown-outcome");
  }
});

Deno.test("writeFenced() does not take a refusal of its second try for one of its first", async () => {
  const { fail, write } = setUp();
  fail("lost-after");
  fail("NoAuth");
  await rejects(write(), "unknown-outcome");
});
