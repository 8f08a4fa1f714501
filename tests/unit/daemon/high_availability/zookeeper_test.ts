import assert from "node:assert/strict";
import { openZooKeeperServices } from "../../../../src/daemon/high_availability/zookeeper.ts";
import { recordedLog, testConfiguration } from "../fakes.ts";

/** The answer to a client that connects; a timeout of 0 says that its session is over. */
function connectAnswer(session: { timeoutMs: number; id: number }): Uint8Array {
  const bytes = new Uint8Array(41);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 37);
  view.setInt32(8, session.timeoutMs);
  view.setBigInt64(12, BigInt(session.id));
  view.setInt32(20, 16);
  return bytes;
}

/** A ZooKeeper server that opens one session, calls it expired when it returns, and is then gone. */
async function expireOnce(listener: Deno.Listener): Promise<void> {
  for (const session of [{ timeoutMs: 10_000, id: 1 }, { timeoutMs: 0, id: 0 }]) {
    using connection = await listener.accept();
    if (session.id === 0) listener.close();
    await connection.read(new Uint8Array(1024));
    await connection.write(connectAnswer(session));
  }
}

Deno.test("openZooKeeperServices() tells of each session, and of what keeps the next from connecting", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const expired = expireOnce(listener);
  const configuration = testConfiguration();
  const log = recordedLog();
  const told: string[] = [];
  await using services = openZooKeeperServices({
    ...configuration,
    zookeeper: { ...configuration.zookeeper, quorum: `127.0.0.1:${listener.addr.port}` },
  }, {
    logger: log.logger,
    onSession: ({ id, password }) =>
      told.push(`${id} ${password.length} ${services.connection.value.kind}`),
  });
  await expired;
  await log.line(/session is over, opening a new one/);
  await log.line(/ZooKeeper cannot be reached/);
  const { value } = services.connection;
  assert.equal(value.kind, "connecting");
  assert.match(value.kind === "connecting" ? value.lastError! : "", /refused/);
  // Each session once, and before anybody else hears of it.
  assert.deepEqual(told, ["1 16 connecting"]);
});
