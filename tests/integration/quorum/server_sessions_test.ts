import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { connect } from "zookeeper";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpCode, SpecialXid } from "../../../src/zookeeper/wire/constants.ts";
import { type ConnectResponse, createRequest } from "../../../src/zookeeper/wire/records.ts";
import { multiRequest } from "../../../src/zookeeper/wire/multi.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { RawZooKeeper, request } from "../../support/raw_zookeeper.ts";
import { until } from "../../support/until.ts";

const OPEN_TO_ALL = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];
const EPHEMERAL = 1;

function createEphemeral(xid: number, path: string): Uint8Array {
  return request(xid, OpCode.create, (writer) => {
    createRequest.write(writer, { path, data: null, acl: OPEN_TO_ALL, flags: EPHEMERAL });
  });
}

const credentials = ({ sessionId, password }: ConnectResponse) => ({ sessionId, password });

async function ephemeralCount(server: TestQuorumServer): Promise<number> {
  return Number(/zk_ephemerals_count\t(\d+)/.exec(await server.fourLetterWord("mntr"))?.[1]);
}

Deno.test("a session that is silent for its timeout expires with its nodes, as a transaction", async () => {
  await using server = await TestQuorumServer.start({ settings: { tickTimeMs: 200 } });
  const { client, session } = await RawZooKeeper.open(server.port, { timeoutMs: 400 });
  using _ = client;
  await client.send(createEphemeral(1, "/mine"));
  assert.equal((await client.reply())?.error, 0);
  const startedAtMs = performance.now();
  assert.equal(await client.frame(), undefined);
  assert.ok(performance.now() - startedAtMs > 390, "not before the timeout");
  await until(() => ephemeralCount(server), (count) => count === 0);
  assert.match(server.log, /sessions expired/);
  const again = await RawZooKeeper.open(server.port, credentials(session));
  again.client[Symbol.dispose]();
  assert.equal(again.session.timeoutMs, 0);
});

Deno.test("a ping keeps a session alive", async () => {
  await using server = await TestQuorumServer.start({ settings: { tickTimeMs: 100 } });
  const { client } = await RawZooKeeper.open(server.port, { timeoutMs: 300 });
  using _ = client;
  for (let count = 0; count < 12; count++) {
    await client.send(request(-2, OpCode.ping));
    assert.equal((await client.reply())?.xid, -2);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.doesNotMatch(server.log, /expired/);
});

Deno.test("closeSession deletes the session's nodes, is answered, and ends the connection", async () => {
  await using server = await TestQuorumServer.start();
  const { client, session } = await RawZooKeeper.open(server.port);
  using _ = client;
  await client.send(createEphemeral(1, "/mine"), request(2, OpCode.closeSession));
  await client.send(request(-2, OpCode.ping));
  assert.equal((await client.reply())?.xid, 1);
  assert.deepEqual((await client.reply())?.xid, 2);
  assert.equal(await client.frame(), undefined);
  assert.equal(await ephemeralCount(server), 0);
  const again = await RawZooKeeper.open(server.port, credentials(session));
  again.client[Symbol.dispose]();
  assert.equal(again.session.timeoutMs, 0);
});

Deno.test("whoever takes up a session with its password has it, and the older connection ends", async () => {
  await using server = await TestQuorumServer.start();
  const { client: first, session } = await RawZooKeeper.open(server.port);
  using _ = first;
  await first.send(createEphemeral(1, "/mine"));
  await first.reply();
  const second = await RawZooKeeper.open(server.port, {
    ...credentials(session),
    timeoutMs: 6000,
  });
  assert.equal(await first.frame(), undefined);
  assert.deepEqual([second.session.sessionId, second.session.timeoutMs], [session.sessionId, 6000]);
  assert.deepEqual(second.session.password, session.password);
  assert.equal(await ephemeralCount(server), 1);
  second.client[Symbol.dispose]();
});

Deno.test("whoever has a wrong password gets nothing, and the holder of the session stays", async () => {
  await using server = await TestQuorumServer.start();
  const { client, session } = await RawZooKeeper.open(server.port);
  using _ = client;
  const thief = await RawZooKeeper.open(server.port, { sessionId: session.sessionId });
  assert.equal(thief.session.timeoutMs, 0);
  thief.client[Symbol.dispose]();
  await client.send(request(-2, OpCode.ping));
  assert.equal((await client.reply())?.xid, -2);
});

Deno.test("sessions, their passwords and nodes outlive a restart of the server, with their full timeout", async () => {
  const folder = await mkdtemp(join(tmpdir(), "masterd-quorum-"));
  let session: ConnectResponse;
  {
    await using server = await TestQuorumServer.start({ folder });
    const opened = await RawZooKeeper.open(server.port);
    session = opened.session;
    await opened.client.send(createEphemeral(1, "/mine"));
    await opened.client.reply();
    opened.client[Symbol.dispose]();
  }
  {
    await using server = await TestQuorumServer.start({ folder });
    assert.equal(await ephemeralCount(server), 1);
    const again = await RawZooKeeper.open(server.port, credentials(session));
    assert.deepEqual(again.session, session);
    const other = await RawZooKeeper.open(server.port);
    assert.ok(other.session.sessionId > session.sessionId);
    other.client[Symbol.dispose]();
    again.client[Symbol.dispose]();
  }
  await rm(folder, { recursive: true });
});

Deno.test("a client of ours keeps its session through a restart of the server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "masterd-quorum-"));
  const first = await TestQuorumServer.start({ folder });
  const { port } = first;
  const signal = AbortSignal.timeout(20_000);
  await using zk = await connect(first.address, { sessionTimeoutMs: 5000, signal });
  await zk.create("/mine", new Uint8Array([1]), { mode: "ephemeral", signal });
  await first.stop();
  {
    await using second = await TestQuorumServer.start({
      folder,
      settings: { listen: { host: "127.0.0.1", port } },
    });
    const node = await until(() => zk.getData("/mine", { signal }), () => true);
    assert.deepEqual([...node.data!], [1]);
    assert.match(second.log, /data recovered/);
    await zk.close();
  }
  await rm(folder, { recursive: true });
});

Deno.test("a session can be ended at will, and its client is told when it comes back", async () => {
  await using server = await TestQuorumServer.start();
  const { client, session } = await RawZooKeeper.open(server.port);
  using _ = client;
  await client.send(createEphemeral(1, "/mine"));
  await client.reply();
  server.expire(session.sessionId);
  assert.equal(await client.frame(), undefined);
  assert.equal(await ephemeralCount(server), 0);
  const again = await RawZooKeeper.open(server.port, credentials(session));
  again.client[Symbol.dispose]();
  assert.equal(again.session.timeoutMs, 0);
  assert.throws(() => server.expire(session.sessionId), /no such session/);
});

Deno.test("a client that pings keeps its session while it fetches a long answer, however slowly", async () => {
  const settings = { tickTimeMs: 100, minSessionTimeoutMs: 200 };
  await using server = await TestQuorumServer.start({ settings });
  const timeoutMs = 800;
  const { client } = await RawZooKeeper.open(server.port, { timeoutMs });
  using _ = client;
  const data = new Uint8Array(900_000);
  const create = { path: "/large", data, acl: OPEN_TO_ALL, flags: 0 };
  await client.send(
    request(1, OpCode.create, (writer) => createRequest.write(writer, create)),
  );
  assert.equal((await client.reply())?.error, 0);
  const parts = Array(40).fill({
    operation: "getData",
    body: { path: "/large", watch: false },
  });
  await client.send(
    request(2, OpCode.multiRead, (writer) => multiRequest.write(writer, parts)),
  );
  // Far longer than the sockets, which hold some megabytes, keep the server busy.
  for (const endMs = performance.now() + 3 * timeoutMs; performance.now() < endMs;) {
    await client.send(request(SpecialXid.ping, OpCode.ping));
    await delay(timeoutMs / 8, { signal: AbortSignal.timeout(5000) });
  }
  const reply = await client.reply();
  assert.equal(reply?.xid, 2);
  assert.ok(reply.body.remaining > 40 * data.length);
  assert.equal((await client.reply())?.xid, SpecialXid.ping);
  assert.doesNotMatch(server.log, /expired/);
});
