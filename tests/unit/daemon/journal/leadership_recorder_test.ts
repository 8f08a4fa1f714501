import assert from "node:assert/strict";
import { OPEN_ACL } from "zookeeper";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import type { WorkEnd } from "../../../../src/daemon/election_loop.ts";
import type { ConnectionState } from "../../../../src/daemon/high_availability/services.ts";
import {
  LeadershipRecorder,
  type LeadershipRecorderOptions,
} from "../../../../src/daemon/journal/leadership_recorder.ts";
import {
  decodeHistory,
  encodeHistory,
  type PastLeadership,
} from "../../../../src/election/history.ts";
import type { LeaderInformation, Leadership } from "../../../../src/election/leadership.ts";
import { until } from "../../../support/until.ts";
import { FakeHistoryNode } from "../../election/fake_history.ts";
import { led } from "../../election/past_leaderships.ts";
import { FakeLeadership, FakeServices, recordedLog } from "../fakes.ts";

const CONNECTED: ConnectionState = {
  kind: "connected",
  server: "a:2181",
  sessionId: "0x1f",
  sessionTimeoutMs: 4000,
};
const NODE = { host: "b", webuiPort: 8082, pid: 20, startedAt: "2026-01-01T00:00:00.000Z" };
const ENDED: WorkEnd = { kind: "ended" };

/** A recorder that follows, and a leadership of epoch 8 that it sees. */
async function start(
  { history = [led("7")], ...more }: Partial<LeadershipRecorderOptions> & {
    history?: readonly PastLeadership[];
  } = {},
) {
  const node = new FakeHistoryNode();
  if (history.length > 0) node.put(new TextDecoder().decode(encodeHistory(history)));
  const log = recordedLog();
  const ask = () => Promise.reject(new Deno.errors.ConnectionRefused());
  const { logger } = log;
  const path = "/history";
  const recorder = new LeadershipRecorder({
    ...{ path, acl: OPEN_ACL, node: () => NODE, logger, ask, ...more },
  });
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const connection = new LatestValue<ConnectionState>(CONNECTED);
  const stop = new AbortController();
  const following = recorder.follow({ leader, connection }, stop.signal);
  const fence = { zk: node.asZooKeeper, path: "/latch/mine" };
  const fake = new FakeLeadership(new FakeServices(), 8n);
  const leadership: Leadership & FakeLeadership = Object.assign(fake, { fence });
  await Promise.resolve();
  return {
    node,
    log,
    leader,
    recorder,
    leadership,
    /** Others see it, as this master does. */
    see: () =>
      leader.set({ leaderSessionId: leadership.leaderSessionId, address: "http://b:8082" }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
      await recorder[Symbol.asyncDispose]();
    },
  };
}

function historyOf({ data }: FakeHistoryNode): readonly PastLeadership[] {
  const document = data && decodeHistory(data);
  return document?.kind === "readable" ? document.leaderships : [];
}

const begun = (node: FakeHistoryNode) =>
  until(() => historyOf(node), ([newest]) => newest?.epoch === "8", { intervalMs: 1 });

Deno.test("LeadershipRecorder writes who leads, once others have seen it, and what became of the one before", async () => {
  await using started = await start();
  const { recorder, node, leadership } = started;
  recorder.found(leadership);
  assert.equal(node.writes, 0);
  started.see();
  const [newest, before] = await begun(node);
  assert.deepEqual({ ...newest, publishedAt: "" }, {
    epoch: "8",
    host: "b",
    port: 8082,
    publishedAt: "",
    endedAt: null,
    ending: null,
    gapMs: null,
    cause: "crashed",
    process: { pid: 20, startedAt: NODE.startedAt, sessionId: "0x1f" },
  });
  assert.deepEqual(before, led("7"));
});

Deno.test("LeadershipRecorder writes how its own leadership ended", async () => {
  const gaveUp: WorkEnd = { kind: "gave-up", reason: "crash-loop", coolDownMs: 1 };
  const cases = [
    ["stopped", ENDED, false],
    ["switchover", ENDED, true],
    ["command failed", gaveUp, false],
  ] as const;
  for (const [ending, end, isHandedOver] of cases) {
    await using started = await start();
    const { recorder, node, leadership } = started;
    recorder.found(leadership);
    started.see();
    await begun(node);
    // What was begun must be known to the recorder as well.
    await new Promise((resolve) => setTimeout(resolve));
    if (isHandedOver) leadership.askForHandover("as asked");
    recorder.worked(leadership, end);
    await recorder[Symbol.asyncDispose]();
    const [newest] = historyOf(node);
    assert.equal(newest!.ending, ending);
    assert.notEqual(newest!.endedAt, null);
  }
});

Deno.test("LeadershipRecorder says nothing of how a leadership ended that was lost, or is not written", async () => {
  await using started = await start();
  const { recorder, node, leadership } = started;
  recorder.worked(leadership, ENDED);
  recorder.found(leadership);
  started.see();
  await begun(node);
  leadership.lose("expired");
  recorder.worked(leadership, ENDED);
  await recorder[Symbol.asyncDispose]();
  assert.equal(node.writes, 1);
});

Deno.test("LeadershipRecorder delays nobody while a write hangs, and says that it failed", async () => {
  await using started = await start({ limitMs: 1 });
  const { recorder, node, leadership, log } = started;
  node.plans.push({ takesEffect: false, answer: "hangs" });
  recorder.found(leadership);
  started.see();
  const line = await log.line(/the leadership is not in the history/);
  assert.match(line, /epoch=8 .*longer than 1 ms/);
  recorder.worked(leadership, ENDED);
  await recorder[Symbol.asyncDispose]();
  assert.equal(node.writes, 1);
});

Deno.test("LeadershipRecorder writes nothing for a leadership that is lost before", async () => {
  await using started = await start({ ask: () => new Promise(() => {}) });
  const { recorder, node, leadership, log } = started;
  recorder.found(leadership);
  started.see();
  await Promise.resolve();
  leadership.lose("expired");
  const next = Object.assign(new FakeLeadership(new FakeServices(), 9n), {
    fence: leadership.fence,
  });
  recorder.found(next);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(node.writes, 0);
  assert.deepEqual(log.lines, []);
});

Deno.test("LeadershipRecorder records nothing where leadership does not come from ZooKeeper", async () => {
  await using started = await start();
  const { recorder, node } = started;
  const leadership = new FakeLeadership(new FakeServices(), 8n);
  recorder.found(leadership);
  recorder.worked(leadership, ENDED);
  await recorder[Symbol.asyncDispose]();
  assert.equal(node.writes, 0);
});
