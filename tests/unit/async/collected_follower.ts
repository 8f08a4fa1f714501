// A program for latest_value_test.ts, which needs a runtime that collects garbage when told to.
import { delay } from "../../../src/async/delay.ts";
import { LatestValue } from "../../../src/async/latest_value.ts";

const { gc: collectGarbage } = globalThis as unknown as { gc: () => void };
const { signal } = new AbortController();
const value = new LatestValue(1);

async function followAndLeave(): Promise<WeakRef<AbortSignal>> {
  const follower = new AbortController();
  const waiting = value.until((number) => number > 1, follower).catch(() => {});
  await delay(2, { signal });
  follower.abort();
  await waiting;
  return new WeakRef(follower.signal);
}

const left = await followAndLeave();
// What is collected is let go of in later turns of the event loop.
for (let turn = 0; turn < 5; turn++) {
  await delay(2, { signal });
  collectGarbage();
}
console.log(left.deref() === undefined ? "collected" : "kept", value.value);
