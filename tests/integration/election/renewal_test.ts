import assert from "node:assert/strict";
import type { Configuration } from "../../../src/config/configuration.ts";
import type { HighAvailabilityServices } from "../../../src/daemon/high_availability/services.ts";
import { openZooKeeperServices } from "../../../src/daemon/high_availability/zookeeper.ts";
import type { LeaderInformation, Leadership } from "../../../src/election/leadership.ts";
import { createLogger } from "../../../src/log/logger.ts";
import { freePort } from "../../support/ports.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { testConfiguration } from "../../unit/daemon/fakes.ts";
import { ADDRESS, Contest, errorOf, layout, LIMIT_MS, loss } from "./contest.ts";

const EXPIRIES = 5;
const signal = AbortSignal.timeout(LIMIT_MS * 5);

/** A daemon's services, as it opens them from its configuration. */
class Daemon implements AsyncDisposable {
  readonly log: string[] = [];
  readonly services: HighAvailabilityServices;

  constructor(quorum: string, zookeeper: Partial<Configuration["zookeeper"]> = {}) {
    const configuration = testConfiguration();
    const options = { sessionTimeoutMs: 1000, connectionTimeoutMs: 1000, ...zookeeper };
    this.services = openZooKeeperServices({
      ...configuration,
      zookeeper: { ...configuration.zookeeper, quorum, ...options },
    }, { logger: createLogger("test", { write: (line) => this.log.push(line) }) });
  }

  campaign(): Promise<Leadership> {
    return this.services.campaign({ participant: "daemon", signal });
  }

  /** The session's id, once it is connected. */
  async sessionId(): Promise<bigint> {
    const isConnected = () => this.services.connection.value.kind === "connected";
    await until(isConnected, Boolean, { intervalMs: 1 });
    const state = this.services.connection.value;
    assert.ok(state.kind === "connected");
    return BigInt(state.sessionId);
  }

  logged(pattern: RegExp): number {
    return this.log.filter((line) => pattern.test(line)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.services[Symbol.asyncDispose]();
  }
}

Deno.test("openZooKeeperServices() campaigns again in a new session after an expiry", async () => {
  await using contest = await Contest.start();
  await using daemon = new Daemon(contest.server.address);
  const epochs: bigint[] = [];
  const sessions = new Set<bigint>();
  for (let round = 0; round < EXPIRIES; round++) {
    const leadership = await daemon.campaign();
    await leadership.publish(ADDRESS, { signal });
    const id = await daemon.sessionId();
    for (const path of [layout.connectionInfo, layout.details, await contest.pathOf("daemon")]) {
      assert.equal((await contest.observer.exists(path))?.ephemeralOwner, id);
    }
    await contest.server.expire(id);
    await loss(leadership);
    epochs.push(leadership.epoch);
    sessions.add(id);
    await leadership.release();
  }
  assert.equal(sessions.size, EXPIRIES);
  assert.deepEqual(epochs, epochs.toSorted((a, b) => a < b ? -1 : 1));
  assert.equal(daemon.logged(/ERROR .*session is over, opening a new one state=expired/), EXPIRIES);
});

Deno.test("openZooKeeperServices() goes on waiting in a new session when one expires", async () => {
  await using contest = await Contest.start();
  await using rival = await contest.candidate("rival");
  const leadership = await rival.campaign();
  await using daemon = new Daemon(contest.server.address);
  const waiting = daemon.campaign();
  for (let round = 0; round < EXPIRIES; round++) {
    await contest.queued("rival", "daemon");
    const before = await contest.pathOf("daemon");
    await contest.server.expire(await daemon.sessionId());
    await until(() => contest.pathOf("daemon"), (path) => path !== before);
  }
  assert.deepEqual(await contest.queue(), ["rival", "daemon"]);
  await leadership.release();
  assert.equal((await waiting).lost.aborted, false);
});

Deno.test("openZooKeeperServices() leads again after its session expired without a connection", async () => {
  await using contest = await Contest.start();
  await using proxy = TcpProxy.start({ target: contest.server.address });
  await using daemon = new Daemon(proxy.address);
  const leadership = await daemon.campaign();
  await proxy.setMode("refuse");
  proxy.cutConnections();
  await loss(leadership);
  const again = daemon.campaign();
  await contest.queued();
  await proxy.setMode("pass");
  assert.ok((await again).epoch > leadership.epoch);
  await leadership.release();
  assert.deepEqual(await contest.queue(), ["daemon"]);
  // Said again every few seconds: how often depends on how soon the session is noticed to be over.
  assert.ok(daemon.logged(/WARN .*ZooKeeper cannot be reached/) > 0);
});

Deno.test("openZooKeeperServices() follows the leader from session to session", async () => {
  await using contest = await Contest.start();
  await using rival = await contest.candidate("rival");
  const { leaderSessionId } = await rival.lead();
  await using daemon = new Daemon(contest.server.address);
  const stop = new AbortController();
  const told: (LeaderInformation | undefined)[] = [];
  const following = (async () => {
    for await (const leader of daemon.services.followLeader({ signal: stop.signal })) {
      told.push(leader);
    }
  })();
  const knows = (id: string | undefined) =>
    until(() => told.at(-1)?.leaderSessionId, (last) => told.length > 0 && last === id);
  await knows(leaderSessionId);
  for (let round = 0; round < EXPIRIES; round++) {
    const before = told.length;
    await contest.server.expire(await daemon.sessionId());
    await until(() => told.length, (length) => length > before);
    assert.equal(told[before], undefined);
    await knows(leaderSessionId);
  }
  stop.abort();
  await following;
  assert.equal(told.at(-1)?.leaderSessionId, leaderSessionId);
});

Deno.test("openZooKeeperServices() gives everything back when it is disposed of", async () => {
  await using contest = await Contest.start();
  {
    await using daemon = new Daemon(contest.server.address);
    const leadership = await daemon.campaign();
    await leadership.publish(ADDRESS, { signal });
  }
  assert.deepEqual(await contest.nodes(), []);
  assert.equal(await contest.observer.exists(layout.connectionInfo), undefined);
  assert.equal(await contest.observer.exists(layout.details), undefined);
});

Deno.test("openZooKeeperServices() keeps trying to reach the quorum, and stops when told", async () => {
  const quorum = `127.0.0.1:${freePort()}`;
  await using daemon = new Daemon(quorum);
  const stop = new AbortController();
  const reason = new Error("the daemon stops");
  const campaigning = daemon.services.campaign({ participant: "daemon", signal: stop.signal });
  const error = errorOf(campaigning);
  const following = (async () => {
    for await (const leader of daemon.services.followLeader({ signal: stop.signal })) {
      assert.equal(leader, undefined);
    }
  })();
  await until(
    () => daemon.logged(/WARN .*cannot be reached, trying again/),
    (count) => count === 1,
  );
  assert.match(daemon.log.join(""), new RegExp(`quorum=${quorum} server=${quorum} error=`));
  const { value } = daemon.services.connection;
  assert.ok(value.kind === "connecting" && value.lastError !== undefined);
  stop.abort(reason);
  assert.equal(await error, reason);
  await following;
});

Deno.test("openZooKeeperServices() makes nodes that only their creator may touch, if told", async () => {
  await using contest = await Contest.start();
  const authorization = [{ scheme: "digest", credential: "flink:secret" }];
  await using daemon = new Daemon(contest.server.address, { acl: "creator", authorization });
  const leadership = await daemon.campaign();
  await leadership.publish(ADDRESS, { signal });
  for (const path of [layout.connectionInfo, layout.details, `${layout.latch}/`]) {
    const node = path.endsWith("/") ? path + (await contest.nodes())[0] : path;
    const { acl } = await contest.observer.getAcl(node).catch((error) => {
      // Who may not read a node may not see its ACL either.
      assert.equal(error.code, "NoAuth");
      return { acl: [] };
    });
    assert.deepEqual(acl, []);
  }
  await using stranger = new Daemon(contest.server.address);
  await assert.rejects(stranger.campaign(), { code: "NoAuth" });
  assert.equal((await contest.nodes()).length, 1);
});
