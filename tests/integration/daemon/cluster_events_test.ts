import assert from "node:assert/strict";
import { connect, ZooKeeper } from "zookeeper";
import type { ClusterDocument } from "../../../src/http/cluster_document.ts";
import { call } from "../../../src/http/call.ts";
import type { NodeStatus } from "../../../src/http/status.ts";
import { EventReader } from "../../support/event_reader.ts";
import { until } from "../../support/until.ts";
import { StatusCluster } from "../cli/status_cluster.ts";

const CONF = "masterd.zookeeper.tick-time: 500 ms\n";
const HISTORY = "/flink/cluster_one/masterd/history";
const PUBLISHED = (line: string) => line.includes("leader address published");
const BOUND = (line: string) => line.includes("master bound");
const signal = new AbortController().signal;

async function documentOf(port: number): Promise<ClusterDocument> {
  const url = `http://localhost:${port}/api/v1/cluster`;
  const { status, body } = await call(url, { method: "GET", signal });
  assert.equal(status, 200);
  return body as ClusterDocument;
}

/** Waits until a master tells a cluster of which this holds. */
function told(port: number, holds: (document: ClusterDocument) => boolean) {
  return until(() => documentOf(port), holds);
}

/** What is the same whoever tells it. */
function shared({ answeredBy: _, now: _now, lease: _lease, masters, ...rest }: ClusterDocument) {
  const same = masters.map(({ isSelf: _, connection: _connection, ...master }) => master);
  return { ...rest, masters: same };
}

/** Waits until both tell the same cluster. */
async function sameOnBoth(ports: readonly [number, number]): Promise<void> {
  const both = () => Promise.all(ports.map(documentOf)) as Promise<ClusterDocument[]>;
  const texts = (documents: ClusterDocument[]) =>
    documents.map((one) => JSON.stringify(shared(one)));
  const isSame = (documents: ClusterDocument[]) =>
    new Set(texts(documents)).size === 1 && documents[0]!.masters.length === 2 &&
    documents[0]!.masters.every(({ place }) => place !== null);
  await until(both, isSame);
}

const causes = ({ history }: ClusterDocument) => history.map(({ cause }) => cause);

/** Two masters, of which the first leads, and both know it. */
async function start(conf = CONF) {
  const cluster = await StatusCluster.create({ conf });
  const [first, second] = cluster.ports;
  const leader = cluster.master(first);
  await leader.waitForLine(PUBLISHED);
  const standby = cluster.master(second);
  await standby.waitForLine(BOUND);
  await told(second, ({ history }) => history.length === 1);
  await sameOnBoth(cluster.ports);
  return { cluster, leader, standby, first, second };
}

Deno.test("A failover is seen on an open stream of the standby: who leads, then the whole cluster", async () => {
  const { cluster, leader, standby, first, second } = await start();
  await using _ = cluster;
  await using stream = EventReader.open(second);
  await stream.cluster(({ leader }) => leader?.port === first);
  const killedAt = performance.now();
  await leader.kill();
  await stream.journal(`${cluster.names[1]} leads`);
  const from = stream.events.findIndex(({ data }) => data.includes(`${cluster.names[1]} leads`));
  await stream.cluster(({ leader }) => leader?.port === second, { from });
  const { document } = await stream.cluster(({ history }) => history.length === 2, { from });
  const [newest, before] = document.history;
  assert.deepEqual([newest!.cause, newest!.port, before!.cause], ["crashed", second, "first"]);
  assert.ok(newest!.gapMs! > 0 && newest!.gapMs! < performance.now() - killedAt);
  assert.notEqual(before!.endedAt, null);
  assert.equal(document.leader!.since, newest!.publishedAt);

  // The stream told it when the master itself knew it, in their order.
  const messages = stream.events.filter(({ event }) => event === "journal")
    .map(({ data }) => JSON.parse(data).message);
  const order = ["nobody is known to lead", "won leadership", "leads", `${cluster.names[1]} leads`];
  assert.deepEqual(messages.filter((message) => order.includes(message)), order);

  const again = cluster.master(first);
  await again.waitForLine(BOUND);
  await sameOnBoth(cluster.ports);
  assert.equal((await cluster.home.run("switchover")).code, 0);
  await stream.cluster((document) => causes(document)[0] === "switchover");
  await again.stop();
  await stream.cluster((document) => causes(document)[0] === "stopped");
  const { code, text } = await cluster.home.run("history", "--json");
  const listed = JSON.parse(text);
  assert.deepEqual([code, listed], [0, (await documentOf(second)).history]);
  assert.deepEqual(listed.map(({ cause }: { cause: string }) => cause), [
    ...["stopped", "switchover", "crashed", "first"],
  ]);
  assert.ok(listed.slice(0, 3).every(({ gapMs }: { gapMs: number }) => gapMs > 0));
  assert.ok(!standby.lines.some(({ text }) => text.includes("not in the history")));

  const resumed = EventReader.open(second, { lastEventId: stream.ids[2] });
  await using _resumed = resumed;
  await until(() => resumed.ids.at(-1), (last) => last === stream.ids.at(-1));
  assert.deepEqual(resumed.ids, stream.ids.slice(3));
  await standby.stop();
  assert.equal(await stream.ended(), undefined);
});

Deno.test("The history tells of a session that expired, and of a command that failed", async () => {
  const { cluster, first, second } = await start(`${CONF}masterd.jobmanager.stop-grace: 100 ms
masterd.jobmanager.command: ["sh", "-c", "while [ ! -e fails ]; do sleep 0.05; done; rm fails; exit 1"]
masterd.jobmanager.restart-attempts: 1
masterd.jobmanager.cool-down: 1 h
`);
  await using _ = cluster;
  const { body } = await call(`http://localhost:${first}/api/v1/status`, { method: "GET", signal });
  await cluster.server.expire(BigInt((body as NodeStatus).connection.sessionId!));
  await told(second, (document) => causes(document)[0] === "expired");
  await sameOnBoth(cluster.ports);
  await Deno.writeTextFile(`${cluster.home.homeDir}/fails`, "");
  const document = await told(first, (document) => causes(document)[0] === "command failed");
  assert.deepEqual(causes(document), ["command failed", "expired", "first"]);
});

Deno.test("A history that nobody can read gives way, and one of another version stays", async () => {
  await using cluster = await StatusCluster.create({ conf: CONF });
  const [first, second] = cluster.ports;
  await using zk: ZooKeeper = await connect(cluster.server.address, { signal });
  await zk.createPath(HISTORY, { signal });
  await zk.setData(HISTORY, new Uint8Array(1_000_000).fill(123), { signal });
  const one = cluster.master(first);
  await one.waitForLine((line) => line.includes("the history is no history, and begins anew"));
  await told(first, (document) => causes(document).join() === "first");
  const other = new TextEncoder().encode('{"format":2}');
  await zk.setData(HISTORY, other, { signal });
  const next = cluster.master(second);
  await next.waitForLine(BOUND);
  await one.stop();
  await next.waitForLine(PUBLISHED);
  const isTold = (line: string) => line.includes("the leadership is not in the history");
  await next.waitForLine(isTold);
  await told(second, ({ leader, history }) => leader?.port === second && history.length === 0);
  assert.equal(next.lines.filter(({ text }) => isTold(text)).length, 1);
  assert.deepEqual((await zk.getData(HISTORY, { signal })).data, other);
  assert.equal((await cluster.home.run("history")).text, "masterd: nobody has led yet");
});
