// A program for any_signal_test.ts, which needs a runtime that collects garbage when told to.
import { AnySignal } from "../../../src/async/any_signal.ts";
import { delay } from "../../../src/async/delay.ts";

const { gc: collectGarbage } = globalThis as unknown as { gc: () => void };
const [source, other] = [new AbortController(), new AbortController()];
const aborted = Promise.withResolvers<string>();

function waitWithNothingButAListener(): void {
  const { signal } = new AnySignal([source.signal, other.signal]);
  signal.addEventListener("abort", () => aborted.resolve("aborted"));
}

waitWithNothingButAListener();
// What is collected is let go of in later turns of the event loop.
for (let turn = 0; turn < 5; turn++) {
  collectGarbage();
  await delay(2, other);
}
source.abort();
console.log(await Promise.race([aborted.promise, delay(500, other).then(() => "lost")]));
Deno.exit();
