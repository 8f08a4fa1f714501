import assert from "node:assert/strict";
import { StoppingLimit } from "../../../src/election/stopping_limit.ts";

/** Timers that run when the test says so. */
class FakeTimers implements Disposable {
  readonly #original = { setTimeout, clearTimeout };
  readonly pending = new Map<number, { act: () => void; ms: number }>();
  #nextId = 1;

  constructor() {
    globalThis.setTimeout = ((act: () => void, ms: number) => {
      this.pending.set(this.#nextId, { act, ms });
      return this.#nextId++;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout =
      ((id: number) => void this.pending.delete(id)) as unknown as typeof clearTimeout;
  }

  /** Lets the one timer run out. */
  run(): void {
    const [timer] = this.pending.values();
    this.pending.clear();
    timer!.act();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#original);
  }
}

Deno.test("StoppingLimit sets no limit while the candidate goes on", () => {
  using timers = new FakeTimers();
  using limit = new StoppingLimit(new AbortController().signal);
  assert.equal(limit.signal.aborted, false);
  assert.equal(timers.pending.size, 0);
});

Deno.test("StoppingLimit leaves a short while from the moment the candidate stops", () => {
  using timers = new FakeTimers();
  const stopping = new AbortController();
  using limit = new StoppingLimit(stopping.signal);
  const reason = new Error("the daemon stops");
  stopping.abort(reason);
  assert.equal(limit.signal.aborted, false);
  assert.deepEqual([...timers.pending.values()].map(({ ms }) => ms), [2000]);
  timers.run();
  assert.equal(limit.signal.reason, reason);
});

Deno.test("StoppingLimit leaves a short while to a candidate that has stopped already", () => {
  using timers = new FakeTimers();
  const reason = new Error("the daemon stops");
  using limit = new StoppingLimit(AbortSignal.abort(reason));
  assert.equal(limit.signal.aborted, false);
  timers.run();
  assert.equal(limit.signal.reason, reason);
});

Deno.test("StoppingLimit leaves no timer and no listener behind", () => {
  using timers = new FakeTimers();
  const stopping = new AbortController();
  {
    using _early = new StoppingLimit(AbortSignal.abort());
    using _late = new StoppingLimit(stopping.signal);
    assert.equal(timers.pending.size, 1);
  }
  stopping.abort();
  assert.equal(timers.pending.size, 0);
});
