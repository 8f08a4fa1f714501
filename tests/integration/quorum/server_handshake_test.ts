import assert from "node:assert/strict";
import { OpCode } from "../../../src/zookeeper/wire/constants.ts";
import { JuteReader } from "../../../src/zookeeper/wire/jute_reader.ts";
import { connectResponse } from "../../../src/zookeeper/wire/records.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { greeting, RawZooKeeper, request } from "../../support/raw_zookeeper.ts";

const responseOf = (frame: Uint8Array | undefined) => connectResponse.read(new JuteReader(frame!));

Deno.test("a server answers 45 bytes with 37, and 44 with 36", async () => {
  await using server = await TestQuorumServer.start();
  using now = await RawZooKeeper.connect(server.port);
  await now.greet();
  assert.equal((await now.frame())?.length, 37);
  using old = await RawZooKeeper.connect(server.port);
  const short = greeting().slice(0, -1);
  new DataView(short.buffer).setInt32(0, 44);
  await old.send(short);
  assert.equal((await old.frame())?.length, 36);
});

Deno.test("a server keeps session timeouts between its bounds", async () => {
  await using server = await TestQuorumServer.start({ settings: { tickTimeMs: 1000 } });
  for (const [wanted, given] of [[1, 2000], [-5, 2000], [7777, 7777], [999_999, 20_000]] as const) {
    const { client, session } = await RawZooKeeper.open(server.port, { timeoutMs: wanted });
    client[Symbol.dispose]();
    assert.equal(session.timeoutMs, given);
  }
});

Deno.test("a server gives each session an id and a password of its own", async () => {
  await using server = await TestQuorumServer.start();
  const { client: one, session: first } = await RawZooKeeper.open(server.port, { password: null });
  const { client: other, session: second } = await RawZooKeeper.open(server.port);
  one[Symbol.dispose]();
  other[Symbol.dispose]();
  assert.notEqual(first.sessionId, second.sessionId);
  assert.equal(first.password?.length, 16);
  assert.notDeepEqual(first.password, second.password);
});

Deno.test("a server tells of a session that does not exist by zeros, and hangs up", async () => {
  await using server = await TestQuorumServer.start();
  using client = await RawZooKeeper.connect(server.port);
  // What a client sends right behind must not turn the answer into a reset.
  await client.send(greeting({ sessionId: 123n }), request(1, OpCode.ping));
  const response = responseOf(await client.frame());
  assert.deepEqual([response.timeoutMs, response.sessionId], [0, 0n]);
  assert.deepEqual(response.password, new Uint8Array(16));
  assert.equal(await client.frame(), undefined);
});

Deno.test("a server says nothing to a client that has seen more than it knows", async () => {
  await using server = await TestQuorumServer.start();
  using client = await RawZooKeeper.connect(server.port);
  await client.greet({ lastZxidSeen: 0x100000n });
  assert.equal(await client.frame(), undefined);
  assert.match(server.log, /it has seen transaction 0x100000/);
});

Deno.test("a server answers what is sent right behind the handshake", async () => {
  await using server = await TestQuorumServer.start();
  using client = await RawZooKeeper.connect(server.port);
  await client.send(greeting(), request(-2, OpCode.ping), request(7, OpCode.whoAmI));
  assert.ok(responseOf(await client.frame()).sessionId > 0n);
  assert.equal((await client.reply())?.xid, -2);
  assert.equal((await client.reply())?.xid, 7);
});

for (
  const [what, bytes] of [
    ["a request for a web page", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")],
    ["an empty frame", new Uint8Array(4)],
    ["a negative length", new Uint8Array(64).fill(0xff)],
    ["a handshake that is cut off", new Uint8Array([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0])],
    ["TLS", new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])],
  ] as const
) {
  Deno.test(`a server hangs up on ${what}, and serves on`, async () => {
    await using server = await TestQuorumServer.start();
    using client = await RawZooKeeper.connect(server.port);
    await client.send(bytes);
    assert.equal(await client.frame(), undefined);
    const { client: next } = await RawZooKeeper.open(server.port);
    next[Symbol.dispose]();
    assert.equal(server.lines.filter((line) => line.includes("closing a connection")).length, 1);
  });
}
