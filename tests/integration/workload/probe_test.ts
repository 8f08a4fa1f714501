import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { probe, type ProbeTarget } from "../../../src/workload/probe.ts";
import { alive } from "./processes.ts";

const { signal } = new AbortController();
const OPTIONS = { environment: {}, timeoutMs: 10_000, signal };

function command(...words: [string, ...string[]]): ProbeTarget {
  return { kind: "command", words };
}

async function causeOf(target: ProbeTarget, timeoutMs = 10_000): Promise<string> {
  const error = await probe(target, { ...OPTIONS, timeoutMs }).then(
    () => assert.fail("The probe succeeded"),
    (error) => error,
  );
  return error.cause.message;
}

/** A probe that hangs together with a process it has started. Its pids stand in the file. */
async function hangingProbe() {
  const file = await Deno.makeTempFile();
  const script = 'sleep 1000 & echo "$$ $!" >"$0"; wait';
  return {
    target: command("sh", "-c", script, file),
    async pids(): Promise<number[]> {
      const text = await until(() => Deno.readTextFile(file), (text) => text.endsWith("\n"));
      return text.trim().split(" ").map(Number);
    },
    [Symbol.asyncDispose]: () => Deno.remove(file),
  };
}

Deno.test("probe() takes exit code 0 of a command for well, and no other", async () => {
  await probe(command("true"), OPTIONS);
  assert.equal(await causeOf(command("sh", "-c", "exit 3")), "It ended with exit code 3");
  assert.equal(await causeOf(command("sh", "-c", "kill -9 $$")), "It was ended by SIGKILL");
});

Deno.test("probe() passes words on as they are, without a shell", async () => {
  await probe(command("test", "$HOME; exit 1", "=", "$HOME; exit 1"), OPTIONS);
});

Deno.test("probe() gives the command the environment of the one it asks for", async () => {
  const target = command("sh", "-c", 'test "$MASTERD_EPOCH" = 7');
  await probe(target, { ...OPTIONS, environment: { MASTERD_EPOCH: "7" } });
});

Deno.test("probe() says what is wrong with a command that cannot be run", async () => {
  assert.match(await causeOf(command("/no/such/program")), /\/no\/such\/program/);
  assert.match(await causeOf(command("/etc/passwd")), /Permission denied/);
});

Deno.test("probe() kills a command that takes too long, with all it has started", async () => {
  await using hanging = await hangingProbe();
  assert.equal(await causeOf(hanging.target, 500), "No answer within 500 ms");
  const pids = await hanging.pids();
  assert.equal(pids.length, 2);
  await until(() => alive(pids), (alive) => alive.length === 0);
});

Deno.test("probe() has killed the command when the signal made it end", async () => {
  await using hanging = await hangingProbe();
  const stop = new AbortController();
  const asking = probe(hanging.target, { ...OPTIONS, timeoutMs: 60_000, signal: stop.signal });
  const [pid] = await hanging.pids();
  stop.abort(new Error("enough"));
  await assert.rejects(asking, { message: "enough" });
  assert.deepEqual(await alive([pid!]), []);
});

Deno.test("probe() is not held up by a flood of output", async () => {
  await probe(command("sh", "-c", "head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2"), {
    ...OPTIONS,
  });
});
