import assert from "node:assert/strict";
import type { ZooKeeper } from "zookeeper";
import { aborted } from "../../../../src/async/abortable.ts";
import { followByEachSession } from "../../../../src/daemon/cluster_view/each_session.ts";
import { recordedLog } from "../fakes.ts";

/** A session that is connected until the test says otherwise. */
function session() {
  return { state: { kind: "connected" } } as unknown as ZooKeeper & { state: { kind: string } };
}

Deno.test("followByEachSession() goes on with the next session, without a word in the log", async () => {
  const stop = new AbortController();
  const log = recordedLog();
  const sessions = [session(), session()];
  const followed: ZooKeeper[] = [];
  await followByEachSession({
    source: { connected: () => Promise.resolve(sessions[followed.length]!) },
    async follow(zk, signal) {
      followed.push(zk);
      if (followed.length === 2) stop.abort();
      else {
        Object.assign(zk, { state: { kind: "expired" } });
        throw new Error("the session expired");
      }
      await aborted(signal);
    },
    failure: "it cannot be followed",
    logger: log.logger,
  }, stop.signal);
  assert.deepEqual(followed, sessions);
  assert.deepEqual(log.lines, []);
});

Deno.test("followByEachSession() tries again after a failure, and tells the same one once", async () => {
  const stop = new AbortController();
  const log = recordedLog();
  const failures = ["not allowed", "not allowed", "not there"];
  const zk = session();
  await followByEachSession({
    source: { connected: () => Promise.resolve(zk) },
    follow() {
      const failure = failures.shift();
      if (failure === undefined) stop.abort();
      return Promise.reject(new Error(failure));
    },
    failure: "it cannot be followed",
    logger: log.logger,
    pauses: { initialMs: 1, maxMs: 1 },
  }, stop.signal);
  assert.equal(failures.length, 0);
  assert.deepEqual(log.lines.map((line) => /"(not \w+)"/.exec(line)?.[1]), [
    "not allowed",
    "not there",
  ]);
});
