import assert from "node:assert/strict";
import type { Entry } from "../../../src/state/entry.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { nextTurn } from "./event_loop.ts";
import { ENTRIES, forever, StateFixture } from "./state_fixture.ts";

const OPTIONS = { signal: forever };

function follow(fixture: StateFixture, name = "a") {
  const stop = new AbortController();
  const changes = fixture.reader.follow(name, { signal: stop.signal });
  const next = async (): Promise<Entry | undefined | "end"> => {
    const { value, done } = await changes.next();
    return done ? "end" : value as Entry | undefined;
  };
  return { stop, changes, next };
}

async function versionOf(fixture: StateFixture): Promise<bigint> {
  return (await fixture.reader.get("a", OPTIONS)).entry.version;
}

Deno.test("follow() gives the entry now, and each change, and that it is gone", async () => {
  const fixture = new StateFixture();
  const { next, stop } = follow(fixture);
  assert.equal(await next(), undefined);
  for (const text of ["v1", "v2"]) {
    const [entry] = await Promise.all([next(), fixture.put("a", text)]);
    assert.equal((entry as Entry).version, await versionOf(fixture));
  }
  const [gone] = await Promise.all([next(), fixture.store.delete("a", OPTIONS)]);
  assert.equal(gone, undefined);
  const [again] = await Promise.all([next(), fixture.put("a", "v3")]);
  assert.equal((again as Entry).version, await versionOf(fixture));
  const ended = next();
  stop.abort();
  assert.equal(await ended, "end");
});

Deno.test("follow() tells nothing twice", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { next } = follow(fixture);
  await next();
  const following = next();
  // The same version with another note, and a deletion that only ends now.
  fixture.overwrite(`${ENTRIES}/a`, { ...fixture.pointer("a"), note: "by hand" });
  await nextTurn();
  await fixture.put("a", "v2");
  assert.equal((await following as Entry).version, await versionOf(fixture));
});

Deno.test("follow() looks again when the connection was lost and is back", async () => {
  const fixture = new StateFixture();
  const { next } = follow(fixture);
  assert.equal(await next(), undefined);
  const following = next();
  const suspended = { kind: "suspended", sessionId: 1n, negotiatedTimeoutMs: 1 } as const;
  fixture.zk.faults.push({ operation: "exists", kind: "lost-before" });
  fixture.zk.changeState(suspended);
  await nextTurn();
  fixture.zk.isLagging = true;
  await fixture.put("a", "v1");
  fixture.zk.isLagging = false;
  const [server, attachSentAt] = ["s", 1];
  fixture.zk.changeState({ ...suspended, kind: "connected", server, attachSentAt });
  assert.equal((await following as Entry).version, await versionOf(fixture));
});

Deno.test("follow() says that a pointer cannot be read", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { next } = follow(fixture);
  await next();
  const following = next();
  fixture.overwrite(`${ENTRIES}/a`, "garbage");
  await assert.rejects(following, (error) => isStateError(error, "broken"));
});

Deno.test("follow() fails once the session is over, unless it was to end anyway", async () => {
  for (const isAborted of [false, true]) {
    const fixture = new StateFixture();
    const { next, stop } = follow(fixture);
    await next();
    const following = next();
    if (isAborted) stop.abort();
    fixture.ensemble.expire(1n);
    fixture.zk.changeState({ kind: "expired", sessionId: 1n });
    if (isAborted) assert.equal(await following, "end");
    else await assert.rejects(following, (error) => isStateError(error, "unavailable"));
  }
});

Deno.test("follow() ends with its signal in the middle of a question", async () => {
  const fixture = new StateFixture();
  const { next, stop } = follow(fixture);
  const following = next();
  stop.abort();
  assert.equal(await following, "end");
});

Deno.test("follow() by many, one after another, leaves one watcher behind", async () => {
  const fixture = new StateFixture();
  for (let count = 0; count < 50; count++) {
    const { next, stop, changes } = follow(fixture);
    await next();
    stop.abort();
    await changes.return();
  }
  assert.equal(fixture.zk.watcherCount, 1);
  const both = [follow(fixture), follow(fixture)];
  for (const { next } of both) assert.equal(await next(), undefined);
  const told = both.map(({ next }) => next());
  await fixture.put("a", "v1");
  for (const entry of await Promise.all(told)) {
    assert.equal((entry as Entry).version, await versionOf(fixture));
  }
});
