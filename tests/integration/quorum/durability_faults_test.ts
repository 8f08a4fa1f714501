import assert from "node:assert/strict";
import { StorageFailedError } from "../../../src/quorum/storage/errors.ts";
import { OpCode } from "../../../src/zookeeper/wire/constants.ts";
import { operations } from "../../../src/zookeeper/wire/operations.ts";
import type { Stat } from "../../../src/zookeeper/wire/records.ts";
import { Connection } from "../../durability/connection.ts";
import { TestQuorumServer } from "../../support/quorum_server.ts";
import { RawZooKeeper, request } from "../../support/raw_zookeeper.ts";
import { freePort } from "../../support/ports.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { canTrace, traced } from "../storage/injected_fault.ts";

const OPEN = [{ permissions: 31, id: { scheme: "world", id: "anyone" } }];

async function installation() {
  const port = freePort();
  const home = await MasterdHome.create({
    "conf/flink-conf.yaml": "",
    "conf/zoo.cfg": [
      "dataDir=data",
      `clientPort=${port}`,
      "clientPortAddress=127.0.0.1",
      "minSessionTimeout=60000",
      "maxSessionTimeout=60000",
      "",
    ].join("\n"),
  });
  const start = async (words: readonly string[] = []) => {
    const process = home.startBy(["env", ...words], "zookeeper");
    await process.waitForLine((line) => line.includes("zookeeper - serving"));
    return process;
  };
  const log = `${home.homeDir}/data/masterd-zookeeper/0000000000000001.log`;
  return { home, port, start, log };
}

/** Creates an ephemeral node, whose version then tells how many writes it has seen. */
async function createNode(connection: Connection): Promise<void> {
  const body = { path: "/mine", data: null, acl: OPEN, flags: 1 };
  assert.equal((await connection.ask("create", body))?.error, 0);
}

/** How many writes were acknowledged, of so many or of all that the server lives to see. */
async function write(connection: Connection, limit = Infinity): Promise<number> {
  const body = { path: "/mine", data: new Uint8Array(100).fill(1), version: -1 };
  let count = 0;
  while (count < limit && (await connection.ask("setData", body))?.error === 0) count++;
  return count;
}

async function versionFound(port: number, session: Connection["session"]): Promise<number> {
  await using connection = await Connection.open(port, session);
  assert.equal(connection.session.sessionId, session.sessionId, "the session is there");
  const answer = await connection.ask("exists", { path: "/mine", watch: false });
  assert.equal(answer?.error, 0);
  return (answer.body as { stat: Stat }).stat.version;
}

/** A client that asks for more than the sockets hold, and reads nothing of it. */
async function deafClient(port: number): Promise<Disposable> {
  const { client } = await RawZooKeeper.open(port);
  const create = { path: "/large", data: new Uint8Array(900_000), acl: OPEN, flags: 1 };
  await client.send(
    request(1, OpCode.create, (writer) => operations.create.request.write(writer, create)),
  );
  assert.equal((await client.reply())?.error, 0);
  const get = { path: "/large", watch: false };
  for (let xid = 2; xid < 20; xid++) {
    await client.send(
      request(xid, OpCode.getData, (writer) => operations.getData.request.write(writer, get)),
    );
  }
  return client;
}

Deno.test({
  name:
    "a server whose disk is full ends with exit code 74, and once there is space has all that " +
    "it had acknowledged (where we may trace)",
  ignore: !canTrace,
  async fn() {
    const { home, port, start, log } = await installation();
    await using _ = home;
    await (await start()).stop();
    const words = traced({ call: "write", effect: "error=ENOSPC:when=30+", path: log });
    const full = await start(words);
    await using connection = await Connection.open(port);
    await createNode(connection);
    using _deaf = await deafClient(port);
    const acknowledged = await write(connection);
    assert.ok(acknowledged > 5);
    assert.equal((await full.ends()).code, 74);
    const said = full.text.split("\n").filter((line) => line.includes("no space is left (ENOSPC)"));
    assert.equal(said.length, 1, full.text);
    await start();
    // What was not acknowledged was on no disk.
    assert.equal(await versionFound(port, connection.session), acknowledged);
  },
});

Deno.test("a server whose disk fails as it ends does not end as if all were well", async () => {
  const server = await TestQuorumServer.start();
  const { truncate } = Deno.FsFile.prototype;
  // The last that is done with a log.
  Deno.FsFile.prototype.truncate = () => Promise.reject(new Error("the device failed (EIO)"));
  try {
    await assert.rejects(server.stop(), StorageFailedError);
  } finally {
    Deno.FsFile.prototype.truncate = truncate;
  }
});

Deno.test("a server that is killed amid a write cuts off its remains, and has all that it had acknowledged", async () => {
  const { home, port, start, log } = await installation();
  await using _ = home;
  const first = await start();
  await using connection = await Connection.open(port);
  await createNode(connection);
  const acknowledged = await write(connection, 20);
  await first.kill();
  const content = await Deno.readFile(log);
  const end = content.findLastIndex((byte) => byte !== 0);
  // Behind the last batch, whose own last bytes may be zeros.
  content.fill(1, end + 64, end + 100);
  await Deno.writeFile(log, content);
  const second = await start();
  assert.match(second.text, /torn end of the log cut off/);
  assert.equal(await versionFound(port, connection.session), acknowledged);
});
