import assert from "node:assert/strict";
import { CREATOR_ACL, type NodeData, type Stat, ZkError } from "zookeeper";
import { electionLayout } from "../../../src/election/layout.ts";
import { decodePause, encodePause, untilResumed } from "../../../src/election/pause.ts";
import { pauseFailovers, resumeFailovers } from "../../../src/election/pause_operation.ts";
import { createLogger } from "../../../src/log/logger.ts";
import { FakeEnsemble } from "../state/fake_ensemble.ts";
import { FakeZooKeeper } from "../state/fake_zookeeper.ts";

const layout = electionLayout("/cluster");
const PAUSE = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: "disk" };
const OPTIONS = { layout, acl: CREATOR_ACL, isForced: true, timeoutMs: 10_000 };
const { signal } = new AbortController();

class Session extends FakeZooKeeper {
  delete(path: string, options: { signal?: AbortSignal } = {}): Promise<unknown> {
    return this.multi([{ kind: "delete", path }], options);
  }
}

function start() {
  const ensemble = new FakeEnsemble();
  const session = new Session(ensemble, 1n);
  const lines: string[] = [];
  const logger = createLogger("test", { write: (line) => lines.push(line) });
  const zk = session.asZooKeeper;
  const waiting = () => untilResumed(zk, { path: layout.pause, logger, signal });
  return { ensemble, session, zk, lines, waiting };
}

function nodeOf(text: string): NodeData {
  return { data: new TextEncoder().encode(text), stat: { ctime: 1000n } as Stat };
}

Deno.test("decodePause() reads what encodePause() wrote", () => {
  const bytes = encodePause({ ...PAUSE, id: "x" });
  assert.deepEqual(decodePause({ data: bytes, stat: {} as Stat }), { ...PAUSE, id: "x" });
});

Deno.test("decodePause() takes anything for a pause, and its time from ZooKeeper", () => {
  const unknown = {
    id: undefined,
    since: "1970-01-01T00:00:01.000Z",
    by: "unknown",
    reason: null,
  };
  for (const text of ["", "{", "null", '{"format":2,"by":"x"}', '{"format":1,"by":7,"since":""}']) {
    assert.deepEqual(decodePause(nodeOf(text)), unknown, text);
  }
  const long = decodePause(nodeOf(JSON.stringify({ format: 1, by: "x".repeat(5000) })));
  assert.equal(long.by.length, 300);
});

Deno.test("untilResumed() ends at once without a pause, and else with it", async () => {
  const { ensemble, lines, waiting } = start();
  await waiting();
  assert.deepEqual(lines, []);
  ensemble.make(layout.pause);
  let isOver = false;
  const end = waiting().then(() => isOver = true);
  ensemble.commit([{ kind: "setData", path: layout.pause, data: new Uint8Array(1) }]);
  await Promise.resolve();
  assert.equal(isOver, false);
  ensemble.remove(layout.pause);
  await end;
});

Deno.test("untilResumed() takes a lost answer for no answer", async () => {
  const { ensemble, session, waiting } = start();
  session.faults.push({ operation: "exists", kind: "lost-before" });
  session.faults.push({ operation: "exists", kind: "lost-after" });
  await waiting();
  assert.deepEqual(session.calls, ["exists", "exists", "exists"]);
  ensemble.make(layout.pause);
  session.faults.push({ operation: "exists", kind: "NoAuth" });
  await assert.rejects(waiting(), (error: ZkError) => error.code === "NoAuth");
});

Deno.test("untilResumed() needs no right to read the content of the node", async () => {
  const { ensemble, lines, waiting } = start();
  ensemble.make(layout.pause);
  ensemble.forbidden.add(layout.pause);
  const end = waiting();
  while (lines.length === 0) await Promise.resolve();
  ensemble.forbidden.clear();
  ensemble.remove(layout.pause);
  await end;
  assert.equal(lines.length, 1);
});

Deno.test("pauseFailovers() settles an unknown outcome by reading", async () => {
  for (const kind of ["lost-before", "lost-after"] as const) {
    const { ensemble, session, zk } = start();
    session.faults.push({ operation: "multi", path: layout.pause, kind });
    const outcome = await pauseFailovers(zk, PAUSE, { ...OPTIONS, signal });
    assert.ok(outcome.kind === "paused" && outcome.isNew, kind);
    assert.equal(outcome.pause.reason, "disk");
    assert.ok(session.acls.every((acl) => acl === CREATOR_ACL));
    assert.equal(ensemble.tree.has(layout.switchover.request), false);
  }
});

Deno.test("pauseFailovers() finds the pause of another that was faster", async () => {
  const { ensemble, session, zk } = start();
  const data = encodePause({ ...PAUSE, by: "other@host", id: "theirs" });
  const then = () => void ensemble.make(layout.pause, { data });
  session.faults.push({ operation: "multi", path: layout.pause, kind: "lost-before", then });
  const outcome = await pauseFailovers(zk, PAUSE, { ...OPTIONS, signal });
  assert.ok(outcome.kind === "paused" && !outcome.isNew);
  assert.equal(outcome.pause.by, "other@host");
});

Deno.test("pauseFailovers() tells what ZooKeeper refuses", async () => {
  const { ensemble, zk } = start();
  ensemble.forbidden.add(layout.pause);
  const pausing = pauseFailovers(zk, PAUSE, { ...OPTIONS, signal });
  await assert.rejects(pausing, (error: ZkError) => error.code === "NoAuth");
});

Deno.test("resumeFailovers() settles an unknown outcome by trying again", async () => {
  for (const kind of ["lost-before", "lost-after"] as const) {
    const { ensemble, session, zk } = start();
    ensemble.make(layout.pause, { data: encodePause({ ...PAUSE, id: "x" }) });
    session.faults.push({ operation: "multi", kind });
    assert.equal((await resumeFailovers(zk, { layout, signal }))?.by, "root@host");
    assert.equal(ensemble.tree.has(layout.pause), false);
    assert.equal(await resumeFailovers(zk, { layout, signal }), undefined);
  }
});
