import assert from "node:assert/strict";
import { clockFacts, masterFacts } from "../../../../src/cli/doctor/master_facts.ts";
import { masterAnswer, unreachable, view } from "../status/pictures.ts";

/** A master that was asked from 1000 ms to 1200 ms, and said this. */
function heard(document: unknown) {
  const answer = masterAnswer("a");
  return view(
    "a",
    { ...answer, heard: { document, askedAt: 1000, heardAt: 1200 } } as typeof answer,
  );
}

const isLocal = (host: string) => host === "a";

Deno.test("masterFacts() takes over what the doctor wants to know", () => {
  const document = {
    connection: { kind: "connected", sessionId: "0x1f" },
    command: { kind: "waiting", restarts: 2, lastEnd: { cause: "exit", code: 3, signal: null } },
    state: { kind: "degraded", brokenCount: 2 },
  };
  assert.deepEqual(masterFacts(heard(document), isLocal), {
    name: "a:8081",
    isListed: true,
    isRegistered: true,
    isLocal: true,
    answer: {
      kind: "master",
      role: "standby",
      version: "0.1.0",
      connection: "connected",
      session: "0x1f",
      command: { kind: "waiting", restarts: 2, lastEnd: "exit code 3" },
      stateProblem: "2 of its entries are broken",
    },
  });
});

Deno.test("masterFacts() says how a command ended, whichever way that was", () => {
  const ends: [unknown, string | undefined][] = [
    [{ cause: "exit", code: null, signal: "SIGSEGV" }, "killed by SIGSEGV"],
    [{ cause: "not-started", error: "no such program" }, "no such program"],
    [{ cause: "guard-died", code: null, signal: null }, "guard-died"],
    [undefined, undefined],
    [7, undefined],
  ];
  for (const [lastEnd, text] of ends) {
    const { answer } = masterFacts(heard({ command: { kind: "waiting", lastEnd } }), isLocal);
    assert.equal(answer.kind === "master" ? answer.command?.lastEnd : "", text);
  }
});

Deno.test("masterFacts() takes any document, also that of another version", () => {
  for (const document of [undefined, null, 7, {}, { connection: 7, command: [], state: "x" }]) {
    const { answer } = masterFacts(heard(document), isLocal);
    const version = "0.1.0";
    assert.deepEqual(answer, { kind: "master", role: "standby", version, connection: "connected" });
  }
  assert.deepEqual(masterFacts(view("b", unreachable("refused")), isLocal).answer, {
    kind: "silent",
    cause: "refused",
  });
});

Deno.test("clockFacts() compares the clocks at the middle of the question", () => {
  const node = { now: new Date(3100).toISOString(), clockStepMs: -5 };
  assert.deepEqual(clockFacts(heard({ node })), {
    of: "master a:8081",
    offset: { ms: 2000, uncertaintyMs: 100 },
    stepMs: -5,
  });
  for (const node of [{}, { now: "yesterday" }, null]) {
    assert.equal(clockFacts(heard({ node })), undefined);
  }
  assert.equal(clockFacts(view("a", unreachable())), undefined);
});
