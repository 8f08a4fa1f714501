import assert from "node:assert/strict";
import { connect, digestAuthentication } from "zookeeper";
import { ErrorCode, OpCode } from "../../../src/zookeeper/wire/constants.ts";
import type { JuteWriter } from "../../../src/zookeeper/wire/jute_writer.ts";
import { pathWatchRequest } from "../../../src/zookeeper/wire/records.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { type RawReply, RawZooKeeper, request } from "../../support/raw_zookeeper.ts";

const exists = (xid: number, path: string) =>
  request(xid, OpCode.exists, (writer) => pathWatchRequest.write(writer, { path, watch: false }));

function auth(xid: number, scheme: string, credentials: string | null): Uint8Array {
  return request(xid, OpCode.auth, (writer) => {
    writer.writeInt(0);
    writer.writeString(scheme);
    writer.writeBuffer(credentials === null ? null : new TextEncoder().encode(credentials));
  });
}

async function opened(server: TestQuorumServer): Promise<RawZooKeeper> {
  return (await RawZooKeeper.open(server.port)).client;
}

const brief = (reply: RawReply | undefined) => reply && [reply.xid, reply.error];

Deno.test("a server answers requests in their order, each with its xid", async () => {
  await using server = await TestQuorumServer.start();
  using client = await opened(server);
  const writePath = (writer: JuteWriter) => writer.writeString("/");
  await client.send(
    exists(5, "/"),
    request(0, OpCode.ping),
    exists(-9, "/none"),
    request(3, OpCode.sync, writePath),
  );
  const replies = [await client.reply(), await client.reply(), await client.reply()];
  assert.deepEqual(replies.map(brief), [[5, 0], [-2, 0], [-9, ErrorCode.NoNode]]);
  const sync = await client.reply();
  assert.deepEqual([brief(sync), sync!.body.readString()], [[3, 0], "/"]);
});

Deno.test("a server answers an operation that it does not know, and hangs up", async () => {
  await using server = await TestQuorumServer.start();
  for (const operation of [77, 0, -12, OpCode.createSession]) {
    using client = await opened(server);
    await client.send(request(5, operation), exists(6, "/"));
    const reply = await client.reply();
    assert.deepEqual([brief(reply), reply!.zxid], [[5, ErrorCode.Unimplemented], -1n]);
    assert.equal(await client.frame(), undefined);
  }
});

Deno.test("a server answers a body that cannot be decoded, and serves the connection on", async () => {
  await using server = await TestQuorumServer.start();
  using client = await opened(server);
  const codes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 101, 103, 104];
  for (const operation of [...codes, 105, 106]) {
    await client.send(request(operation, operation));
    assert.deepEqual(brief(await client.reply()), [operation, ErrorCode.MarshallingError]);
  }
  await client.send(exists(1, "/"));
  assert.deepEqual(brief(await client.reply()), [1, 0]);
});

Deno.test("a bare check is refused, and the log can be read afterwards", async () => {
  await using server = await TestQuorumServer.start();
  using client = await opened(server);
  await client.send(request(1, OpCode.check, (writer) => {
    writer.writeString("/");
    writer.writeInt(-1);
  }));
  assert.deepEqual(brief(await client.reply()), [1, ErrorCode.Unimplemented]);
});

Deno.test("a server keeps the identities of each connection, and names them to whoAmI", async () => {
  await using server = await TestQuorumServer.start();
  const signal = AbortSignal.timeout(10_000);
  await using zk = await connect(server.address, {
    sessionTimeoutMs: 5000,
    authentications: [digestAuthentication("fred", "secret")],
    signal,
  });
  assert.deepEqual(await zk.whoAmI({ signal }), [
    { scheme: "ip", id: "127.0.0.1" },
    { scheme: "digest", id: "fred" },
  ]);
});

Deno.test("an auth packet is answered with its xid; one that is not accepted ends the connection", async () => {
  await using server = await TestQuorumServer.start();
  for (
    const [scheme, credentials, error] of [
      ["digest", "a:b", 0],
      ["ip", "", 0],
      ["digest", null, ErrorCode.AuthFailed],
      ["world", "anyone", ErrorCode.AuthFailed],
      ["sasl", "fred", ErrorCode.AuthFailed],
    ] as const
  ) {
    using client = await opened(server);
    await client.send(auth(9, scheme, credentials), exists(10, "/"));
    const reply = await client.reply();
    assert.deepEqual([brief(reply), reply!.zxid], [[9, error], 0n]);
    assert.deepEqual(brief(await client.reply()), error === 0 ? [10, 0] : undefined);
  }
});

Deno.test("a SASL token is answered by none, as by a ZooKeeper without SASL", async () => {
  await using server = await TestQuorumServer.start();
  using client = await opened(server);
  await client.send(request(5, OpCode.sasl, (writer) => writer.writeBuffer(new Uint8Array(0))));
  const reply = await client.reply();
  assert.deepEqual([brief(reply), reply!.body.readBuffer()], [[5, 0], null]);
});

Deno.test("whoever may do everything is known by a digest", async () => {
  await using server = await TestQuorumServer.start({
    settings: { superDigest: "super:D/InIHSb7yEEbrWz8b9l71RjZJU=" },
  });
  const signal = AbortSignal.timeout(10_000);
  const nobody = [{ permissions: 31, id: { scheme: "digest", id: "x:y" } }];
  await using zk = await connect(server.address, { sessionTimeoutMs: 5000, signal });
  await zk.create("/secret", new Uint8Array(0), { acl: nobody, signal });
  await assert.rejects(zk.getData("/secret", { signal }), /NoAuth/);
  await using root = await connect(server.address, {
    sessionTimeoutMs: 5000,
    authentications: [digestAuthentication("super", "test")],
    signal,
  });
  assert.equal((await root.getData("/secret", { signal })).data?.length ?? 0, 0);
});
