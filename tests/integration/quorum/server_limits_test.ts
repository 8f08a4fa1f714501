import assert from "node:assert/strict";
import { connect, isZkError } from "zookeeper";
import { ErrorCode, OpCode, SpecialXid } from "../../../src/zookeeper/wire/constants.ts";
import {
  addWatchRequest,
  authRequest,
  createRequest,
  pathWatchRequest,
  setDataRequest,
} from "../../../src/zookeeper/wire/records.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { RawZooKeeper, request } from "../../support/raw_zookeeper.ts";
import { until } from "../../support/until.ts";

const OPEN_TO_ALL = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];
const LIMIT = 0xfffff;

function create(xid: number, path: string, data: Uint8Array): Uint8Array {
  return request(xid, OpCode.create, (writer) => {
    createRequest.write(writer, { path, data, acl: OPEN_TO_ALL, flags: 0 });
  });
}

/** A create whose frame has so many bytes. */
function createOf(frameBytes: number): Uint8Array {
  const rest = create(1, "/large", new Uint8Array(0)).length - 4;
  return create(1, "/large", new Uint8Array(frameBytes - rest));
}

Deno.test("a server takes a frame of 1,048,575 bytes, and hangs up on one more", async () => {
  await using server = await TestQuorumServer.start();
  const { client } = await RawZooKeeper.open(server.port);
  using _ = client;
  await client.send(createOf(LIMIT));
  assert.equal((await client.reply())?.error, 0);
  await client.send(createOf(LIMIT + 1)).catch(() => {});
  assert.equal(await client.frame(), undefined);
});

Deno.test("a server answers with more than it takes", async () => {
  await using server = await TestQuorumServer.start();
  const signal = AbortSignal.timeout(20_000);
  await using zk = await connect(server.address, { sessionTimeoutMs: 10_000, signal });
  const name = "x".repeat(1000);
  const creates = Array.from(
    { length: 1200 },
    (_, at) => zk.create(`/${name}${at}`, new Uint8Array(0), { signal }),
  );
  await Promise.all(creates);
  assert.equal((await zk.getChildren("/", { signal })).children.length, 1201);
});

Deno.test("a server takes so many connections from an address, and again when some are gone", async () => {
  await using server = await TestQuorumServer.start({ settings: { maxConnectionsPerAddress: 2 } });
  const { client: first } = await RawZooKeeper.open(server.port);
  const { client: second } = await RawZooKeeper.open(server.port);
  using _ = second;
  {
    using third = await RawZooKeeper.connect(server.port);
    await third.greet().catch(() => {});
    assert.equal(await third.frame(), undefined);
  }
  assert.match(server.log, /too many connections client=127\.0\.0\.1 limit=maxClientCnxns value=2/);
  first[Symbol.dispose]();
  await until(async () => {
    using fourth = await RawZooKeeper.connect(server.port);
    await fourth.greet();
    return await fourth.frame();
  }, (frame) => frame !== undefined);
});

Deno.test("a server does not read from a client that does not read, and goes on when it does", async () => {
  await using server = await TestQuorumServer.start();
  const { client } = await RawZooKeeper.open(server.port, { timeoutMs: 10_000 });
  using _ = client;
  await client.send(create(1, "/large", new Uint8Array(500_000)));
  assert.equal((await client.reply())?.error, 0);
  const count = 200;
  const frames = Array.from(
    { length: count },
    (_, at) =>
      request(
        at,
        OpCode.getData,
        (writer) => pathWatchRequest.write(writer, { path: "/large", watch: false }),
      ),
  );
  await client.send(...frames);
  const before = Deno.memoryUsage().external;
  await until(() => server.fourLetterWord("ruok"), (answer) => answer === "imok");
  assert.ok(Deno.memoryUsage().external - before < 50_000_000, "100 MB of replies are not made");
  for (let at = 0; at < count; at++) assert.equal((await client.reply())?.xid, at);
});

Deno.test("a server gives up a client that does not read its events", async () => {
  await using server = await TestQuorumServer.start({ settings: { tickTimeMs: 2000 } });
  const { client: deaf } = await RawZooKeeper.open(server.port, { timeoutMs: 40_000 });
  using _ = deaf;
  const name = `/${"x".repeat(200_000)}`;
  await deaf.send(create(1, name, new Uint8Array(0)));
  assert.equal((await deaf.reply())?.error, 0);
  await deaf.send(
    request(2, OpCode.addWatch, (writer) => addWatchRequest.write(writer, { path: "/", mode: 1 })),
  );
  assert.equal((await deaf.reply())?.error, 0);
  const { client: busy } = await RawZooKeeper.open(server.port, { timeoutMs: 40_000 });
  using __ = busy;
  const writes = 300;
  for (let at = 0; at < writes; at++) {
    await busy.send(
      request(
        at,
        OpCode.setData,
        (writer) => setDataRequest.write(writer, { path: name, data: null, version: -1 }),
      ),
    );
    assert.equal((await busy.reply())?.error, 0);
  }
  await until(() => server.log, (log) => log.includes("does not read its events"));
  assert.match(await server.fourLetterWord("mntr"), /^zk_watch_count\t0$/m);
  assert.match(await server.fourLetterWord("stat"), /^Connections: 2$/m);
  // It still does not read, and holds nothing up.
  await server.stop();
});

Deno.test("sockets that a client does not let go of count as its connections", async () => {
  const settings = { maxConnectionsPerAddress: 2, tickTimeMs: 100 };
  await using server = await TestQuorumServer.start({ settings });
  const { client: deaf } = await RawZooKeeper.open(server.port, { timeoutMs: 200 });
  await deaf.send(create(1, "/large", new Uint8Array(900_000)));
  assert.equal((await deaf.reply())?.error, 0);
  const get = (xid: number) =>
    request(
      xid,
      OpCode.getData,
      (writer) => pathWatchRequest.write(writer, { path: "/large", watch: false }),
    );
  await deaf.send(...Array.from({ length: 20 }, (_, at) => get(at)));
  await until(() => server.log, (log) => log.includes("sessions expired"));
  {
    using _ = (await RawZooKeeper.open(server.port)).client;
    await assert.rejects(RawZooKeeper.open(server.port), /hung up/);
  }
  deaf[Symbol.dispose]();
  await until(async () => {
    const first = await RawZooKeeper.open(server.port).catch(() => undefined);
    const second = await RawZooKeeper.open(server.port).catch(() => undefined);
    for (const opened of [first, second]) opened?.client[Symbol.dispose]();
    return first !== undefined && second !== undefined;
  }, (areOpen) => areOpen);
});

Deno.test("a server hangs up on a client that shows more identities than ACLs could hold", async () => {
  await using server = await TestQuorumServer.start();
  const { client } = await RawZooKeeper.open(server.port);
  using _ = client;
  const show = (user: string) =>
    request(SpecialXid.auth, OpCode.auth, (writer) => {
      const credentials = new TextEncoder().encode(`${user}:password`);
      authRequest.write(writer, { type: 0, scheme: "digest", credentials });
    });
  await client.send(show("x".repeat(4000)));
  assert.equal((await client.reply())?.error, 0);
  await client.send(show("y".repeat(4200)));
  assert.equal((await client.reply())?.error, ErrorCode.AuthFailed);
  assert.equal(await client.frame(), undefined);
});

Deno.test("a server whose tree is full says so, goes on with the rest, and takes more once there is room", async () => {
  const signal = AbortSignal.timeout(20_000);
  const folder = await Deno.makeTempDir({ prefix: "masterd_full_tree_" });
  try {
    const options = { folder, settings: { maxTreeWeight: 100_000 } };
    await using full = await TestQuorumServer.start(options);
    await using zk = await connect(full.address, { sessionTimeoutMs: 10_000, signal });
    const data = new Uint8Array(1000);
    let count = 0;
    for (let isFull = false; !isFull; count++) {
      isFull = await zk.create(`/${count}`, data, { signal }).then(
        () => false,
        (error) => isZkError(error, "SystemError"),
      );
    }
    assert.ok(count > 50 && count < 100, String(count));
    assert.match(full.log, /WARN .*the tree is nearly full/);
    assert.match(full.log, /ERROR .*the tree is full/);
    const monitored = await full.fourLetterWord("mntr");
    assert.match(monitored, /^zk_masterd_tree_bytes\t10\d{4}$/m);
    assert.match(monitored, /^zk_masterd_max_tree_bytes\t100000$/m);
    await zk.create("/lock", data, { mode: "ephemeral", signal });
    await full.stop();
    await using again = await TestQuorumServer.start(options);
    assert.match(again.log, /ERROR .*the tree is full/);
    await using other = await connect(again.address, { sessionTimeoutMs: 10_000, signal });
    for (let at = 0; at < 20; at++) await other.delete(`/${at}`, { signal });
    await other.create("/more", data, { signal });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
