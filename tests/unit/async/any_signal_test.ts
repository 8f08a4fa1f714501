import assert from "node:assert/strict";
import { AnySignal } from "../../../src/async/any_signal.ts";

Deno.test("AnySignal aborts with the reason of the first source", () => {
  const [first, second] = [new AbortController(), new AbortController()];
  using any = new AnySignal([first.signal, second.signal]);
  assert.equal(any.signal.aborted, false);
  second.abort("second");
  first.abort("first");
  assert.equal(any.signal.reason, "second");
});

Deno.test("AnySignal has aborted if a source has", () => {
  using any = new AnySignal([new AbortController().signal, AbortSignal.abort("before")]);
  assert.equal(any.signal.reason, "before");
});

Deno.test("AnySignal does not abort any more once it is disposed", () => {
  const source = new AbortController();
  const any = new AnySignal([source.signal]);
  any[Symbol.dispose]();
  source.abort();
  assert.equal(any.signal.aborted, false);
});

Deno.test("AnySignal aborts although garbage was collected while only a listener waits", async () => {
  const program = new URL("./collected_signal.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--v8-flags=--expose-gc", program],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "aborted\n");
});
