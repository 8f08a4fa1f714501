import assert from "node:assert/strict";
import { connect } from "zookeeper";
import { campaign } from "../../src/election/campaign.ts";
import { until } from "../support/until.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { candidacy, layout } from "./candidacy.ts";
import { CuratorContender } from "./curator_contender.ts";
import { readWithKazoo } from "./kazoo.ts";

const SESSION_TIMEOUT_MS = 4000;

function connectTo(server: ZooKeeperServer) {
  return connect(server.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    signal: AbortSignal.timeout(10_000),
  });
}

Deno.test("Kazoo reads the contenders of campaign() in order, and the leader information", async () => {
  await using server = await ZooKeeperServer.start();
  await using first = await connectTo(server);
  await using second = await connectTo(server);
  await using curator = await CuratorContender.start({
    address: server.address,
    latchPath: layout.latch,
    id: "curator",
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    onLeader: () => {},
    onNotLeader: () => {},
  });
  await using leadership = await campaign(first, {
    ...candidacy(first, "first"),
    signal: AbortSignal.timeout(10_000),
  });
  await curator.join();
  await until(() => first.getChildren(layout.latch), (read) => read.children.length === 2);
  const giveUp = new AbortController();
  const standby = campaign(second, { ...candidacy(second, "second"), signal: giveUp.signal });
  await until(() => first.getChildren(layout.latch), (read) => read.children.length === 3);
  await leadership.publish(
    { host: "master-1.example", webuiPort: 8081, rpcPort: 50010 },
    { signal: AbortSignal.timeout(10_000) },
  );

  const view = await readWithKazoo(server.address, layout);

  const names = view.contenders.map((contender) => contender.name);
  for (const name of names) assert.match(name, /^_c_[0-9a-f-]{36}-latch-\d{10}$/);
  const participants = view.contenders.map((contender) => contender.data);
  assert.deepEqual(participants, ["first", "curator", "second"]);
  assert.equal(BigInt(view.contenders[0]!.sessionId), first.credentials.id);
  assert.equal(BigInt(view.contenders[0]!.czxid), leadership.epoch);
  assert.equal(BigInt(view.contenders[2]!.sessionId), second.credentials.id);
  assert.deepEqual(view.leaderInformation, {
    address: "http://master-1.example:8081",
    leaderSessionId: leadership.leaderSessionId,
    sessionId: String(first.credentials.id),
  });

  giveUp.abort(new Error("the test is over"));
  await assert.rejects(standby, /the test is over/);
});

Deno.test("Kazoo finds nothing published once leadership is released", async () => {
  await using server = await ZooKeeperServer.start();
  await using zk = await connectTo(server);
  const leadership = await campaign(zk, {
    ...candidacy(zk, "masterd"),
    signal: AbortSignal.timeout(10_000),
  });
  await leadership.publish(
    { host: "master-1.example", webuiPort: 8081, rpcPort: 50010 },
    { signal: AbortSignal.timeout(10_000) },
  );
  await leadership.release();
  assert.deepEqual(await readWithKazoo(server.address, layout), {
    contenders: [],
    leaderInformation: null,
  });
});
