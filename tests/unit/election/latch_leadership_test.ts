import assert from "node:assert/strict";
import type { SessionState } from "zookeeper";
import { LatchNodeGoneError } from "../../../src/election/latch.ts";
import { candidate, CONNECTED, leader, NODE, SESSION_ID, SUSPENDED } from "./leadership_fakes.ts";

const { signal } = new AbortController();

function reasonOf(lost: AbortSignal): string | undefined {
  return lost.aborted ? lost.reason.message.replace("Leadership ended: ", "") : undefined;
}

Deno.test("prove() leaves no watch behind on a latch node that is gone", async () => {
  using candidacy = candidate();
  const { fake, leadership } = candidacy;
  fake.hasNode = false;
  await assert.rejects(leadership.prove(signal), LatchNodeGoneError);
  assert.equal(leadership.lost.aborted, true);
  assert.equal(fake.watchers.length, 0);
});

Deno.test("prove() rejects when the write finds the latch node gone", async () => {
  using candidacy = candidate();
  const { heartbeat, leadership } = candidacy;
  heartbeat.refusal = "NoNode";
  await assert.rejects(leadership.prove(signal), LatchNodeGoneError);
  assert.equal(heartbeat.held, undefined);
});

Deno.test("prove() rejects with what refuses the write", async () => {
  using candidacy = candidate();
  candidacy.heartbeat.refusal = "SessionExpired";
  await assert.rejects(candidacy.leadership.prove(signal), { code: "SessionExpired" });
});

for (
  const [what, stat] of Object.entries({
    "of another session (T6)": { ephemeralOwner: 8n, czxid: NODE.czxid },
    "made by another transaction": { ephemeralOwner: SESSION_ID, czxid: 9n },
  })
) {
  Deno.test(`prove() does not take a node ${what} for its own`, async () => {
    using candidacy = candidate();
    candidacy.fake.stat = stat;
    await assert.rejects(candidacy.leadership.prove(signal), LatchNodeGoneError);
  });

  Deno.test(`Leadership ends when its node turns out after a reconnect to be ${what}`, async () => {
    using led = await leader();
    const { fake, leadership } = led;
    fake.change(SUSPENDED);
    fake.stat = stat;
    fake.change(CONNECTED);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(reasonOf(leadership.lost), "the latch node is of another session");
  });
}

Deno.test("Leadership.lost says that the node was deleted if it went behind a change", async () => {
  using led = await leader();
  const { fake, leadership } = led;
  const lost = new Promise((resolve) => {
    leadership.lost.addEventListener("abort", resolve, { once: true });
  });
  fake.hasNode = false;
  fake.watchers[0]!({ kind: "dataChanged", path: NODE.path });
  await lost;
  assert.equal(reasonOf(leadership.lost), "the latch node was deleted");
});

Deno.test("Leadership ends at once when a heartbeat finds the latch node gone", async () => {
  using led = await leader();
  led.heartbeat.held!.onGone();
  assert.equal(reasonOf(led.leadership.lost), "the latch node was deleted");
});

Deno.test("Leadership is held through a lost connection, and told of each renewal", async () => {
  using led = await leader();
  const { fake, heartbeat, clock, leadership } = led;
  const told: number[] = [];
  const unsubscribe = leadership.onRenewal(() => told.push(leadership.deadline()));
  assert.equal(leadership.deadline(), 1000);
  fake.change(SUSPENDED);
  clock.now = 999;
  assert.equal(leadership.lost.aborted, false);
  fake.change(CONNECTED);
  heartbeat.renew(2000);
  clock.now = 1500;
  heartbeat.renew(3000);
  unsubscribe();
  heartbeat.renew(4000);
  assert.deepEqual(told, [2000, 3000]);
  assert.equal(leadership.deadline(), 4000);
  assert.equal(leadership.lost.aborted, false);
});

Deno.test("Leadership ends at its deadline without anybody looking", async () => {
  using led = await leader();
  const { heartbeat, clock, leadership } = led;
  const { lost } = leadership;
  const ended = new Promise((resolve) => lost.addEventListener("abort", resolve, { once: true }));
  heartbeat.renew(20);
  // The timer that was set for the earlier end finds that the clock has gone on.
  clock.now = 20;
  await ended;
  assert.equal(lost.reason.message, "Leadership ended: its lease ran out");
});

/** What may be the first thing to run in a process that was frozen; T5 of the traps. */
const WAKE_UPS: Record<string, (led: Awaited<ReturnType<typeof leader>>) => void> = {
  "the acknowledgement of a heartbeat": ({ heartbeat }) => heartbeat.renew(9000),
  "a lost connection": ({ fake }) => fake.change(SUSPENDED),
  "a new connection": ({ fake }) => fake.change(CONNECTED),
  "a watch": ({ fake }) => fake.watchers[0]!({ kind: "dataChanged", path: NODE.path }),
  "a look at the deadline": ({ leadership }) => void leadership.deadline(),
  "a look at the signal": ({ leadership }) => void leadership.lost,
};

for (const [what, wake] of Object.entries(WAKE_UPS)) {
  Deno.test(`Leadership that ran out in a pause is not revived by ${what} (T5)`, async () => {
    using led = await leader();
    const { heartbeat, clock, leadership } = led;
    const { lost } = leadership;
    const told: string[] = [];
    leadership.onRenewal(() => told.push("renewed"));
    lost.addEventListener("abort", () => told.push("lost"));
    clock.now = 1001;
    wake(led);
    assert.deepEqual(told, ["lost"]);
    heartbeat.renew(9000);
    assert.deepEqual(told, ["lost"]);
    assert.ok(leadership.deadline() <= 1000);
  });
}

Deno.test("Leadership.publish() is refused after a pause that was too long (T5)", async () => {
  using led = await leader();
  const { clock, leadership } = led;
  clock.now = 1000;
  const address = { host: "a", webuiPort: 1, rpcPort: 2 };
  await assert.rejects(leadership.publish(address, { signal }), /its lease ran out/);
});

Deno.test("Leadership.deadline() comes closer when a server grants a shorter session", async () => {
  using led = await leader();
  led.heartbeat.renew(500);
  assert.equal(led.leadership.deadline(), 500);
  led.clock.now = 500;
  assert.equal(reasonOf(led.leadership.lost), "its lease ran out");
});

Deno.test("Leadership that is not to tolerate it ends when the connection is suspended", async () => {
  using led = await leader({ tolerateSuspendedConnections: false });
  led.fake.change(SUSPENDED);
  assert.equal(reasonOf(led.leadership.lost), "the session is suspended");
});

Deno.test("prove() without tolerance looks again if the connection was lost meanwhile", async () => {
  using candidacy = candidate({ tolerateSuspendedConnections: false });
  const { fake, heartbeat, leadership } = candidacy;
  let proofs = 0;
  heartbeat.onProve = () => fake.state = ++proofs === 1 ? SUSPENDED : CONNECTED;
  await leadership.prove(signal);
  assert.equal(proofs, 2);
  assert.equal(leadership.lost.aborted, false);
});

for (const kind of ["expired", "closed", "auth-failed"] as const) {
  Deno.test(`Leadership ends at once when the session is ${kind}`, async () => {
    using led = await leader();
    led.fake.change({ kind, sessionId: SESSION_ID, cause: "refused" } as SessionState);
    assert.equal(reasonOf(led.leadership.lost), `the session is ${kind}`);
    assert.ok(led.leadership.deadline() <= led.clock.now);
  });
}

Deno.test("Leadership that has ended listens to nothing any more", async () => {
  using led = await leader();
  const { fake, heartbeat } = led;
  heartbeat.held!.onGone();
  assert.equal(fake.listeners.size, 0);
  assert.equal(heartbeat.renewals.size, 0);
  assert.equal(heartbeat.held, undefined);
});
