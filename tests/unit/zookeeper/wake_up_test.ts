import assert from "node:assert/strict";
import type { SessionState, ZooKeeper } from "zookeeper";
import { WakeUp } from "../../../src/zookeeper/wake_up.ts";

const signal = new AbortController().signal;

/** As much of a client as a WakeUp uses. */
function fakeZooKeeper() {
  const listeners = new Set<(state: SessionState) => void>();
  const onStateChange = (listener: (state: SessionState) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { listeners, zk: { onStateChange } as unknown as ZooKeeper };
}

/** Whether the promise has settled once everything that was due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return settled;
}

Deno.test("WakeUp.next() waits until a watch tells something", async () => {
  using wakeUp = new WakeUp(fakeZooKeeper().zk);
  const next = wakeUp.next(signal);
  assert.equal(await isSettled(next), false);
  wakeUp.wake();
  await next;
});

Deno.test("WakeUp.next() resolves at once for what happened since reset()", async () => {
  using wakeUp = new WakeUp(fakeZooKeeper().zk);
  wakeUp.reset();
  wakeUp.wake();
  await wakeUp.next(signal);
  await wakeUp.next(signal);
});

Deno.test("WakeUp.reset() forgets what happened before", async () => {
  using wakeUp = new WakeUp(fakeZooKeeper().zk);
  wakeUp.wake();
  assert.equal(wakeUp.isWoken, true);
  wakeUp.reset();
  assert.equal(wakeUp.isWoken, false);
  const next = wakeUp.next(signal);
  assert.equal(await isSettled(next), false);
  wakeUp.wake();
  await next;
});

Deno.test("WakeUp.next() wakes on a change of the session's state, until disposed", async () => {
  const { zk, listeners } = fakeZooKeeper();
  {
    using wakeUp = new WakeUp(zk);
    for (const listener of listeners) listener({ kind: "closed" });
    await wakeUp.next(signal);
    assert.equal(listeners.size, 1);
  }
  assert.equal(listeners.size, 0);
});

Deno.test("WakeUp.next() rejects with the signal's reason, before and while it waits", async () => {
  using wakeUp = new WakeUp(fakeZooKeeper().zk);
  const controller = new AbortController();
  const next = wakeUp.next(controller.signal);
  const reason = new Error("the end");
  controller.abort(reason);
  await assert.rejects(next, reason);
  await assert.rejects(wakeUp.next(controller.signal), reason);
});

Deno.test("WakeUp.wake is one function, so that a watch set again is the same watch", () => {
  using wakeUp = new WakeUp(fakeZooKeeper().zk);
  const { wake } = wakeUp;
  wakeUp.reset();
  assert.equal(wakeUp.wake, wake);
});
