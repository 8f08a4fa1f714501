import assert from "node:assert/strict";
import { fourLetterWord } from "../support/four_letter_word.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";
import { ZooKeeperEnsemble } from "../support/zookeeper_ensemble.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";

Deno.test("ZooKeeperServer starts, freezes, restarts and leaves no process", async () => {
  const pids: number[] = [];
  {
    await using server = await ZooKeeperServer.start();
    pids.push(server.pid!);
    assert.equal(await server.fourLetterWord("ruok"), "imok");

    server.freeze();
    // A thread that was running may have answered before the signal reached it.
    const ask = () => server.fourLetterWord("ruok").then(() => "answers", () => "is silent");
    await until(ask, (answer) => answer === "is silent");
    server.thaw();
    assert.equal(await server.fourLetterWord("ruok"), "imok");

    await server.restart();
    pids.push(server.pid!);
    assert.match(await server.fourLetterWord("srvr"), /Mode: standalone/);
  }
  for (const pid of pids) assert.throws(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
});

Deno.test("ZooKeeperServer.start() takes settings and session limits", async () => {
  await using server = await ZooKeeperServer.start({
    tickTimeMs: 300,
    minSessionTimeoutMs: 700,
    maxSessionTimeoutMs: 9000,
    settings: { maxClientCnxns: 7 },
  });
  const configuration = await server.fourLetterWord("conf");
  assert.match(configuration, /^tickTime=300$/m);
  assert.match(configuration, /^minSessionTimeout=700$/m);
  assert.match(configuration, /^maxSessionTimeout=9000$/m);
  assert.match(configuration, /^maxClientCnxns=7$/m);
});

Deno.test("ZooKeeperServer.start() fails with the server's log", async () => {
  await assert.rejects(
    ZooKeeperServer.start({ settings: { tickTime: "soon" } }),
    /Cannot start ZooKeeper on 127\.0\.0\.1:\d+; it logged:\n[^]*soon/,
  );
});

Deno.test("ZooKeeperServer can be reached through a proxy", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  assert.equal(await fourLetterWord(proxy.address, "ruok"), "imok");
});

Deno.test("ZooKeeperEnsemble elects another leader when the leader is killed", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  const first = await ensemble.leader();
  assert.equal((await ensemble.followers()).length, 2);

  await first.kill();
  const second = await ensemble.leader();
  assert.notEqual(second, first);

  await first.restart();
  const followers = await until(() => ensemble.followers(), (found) => found.length === 2);
  assert.ok(followers.includes(first));
});

Deno.test("ZooKeeperEnsemble.link() cuts a follower off from its leader", async () => {
  await using ensemble = await ZooKeeperEnsemble.start({ settings: { syncLimit: 2 } });
  const leader = await ensemble.leader();
  const [follower, other] = await ensemble.followers();
  const link = ensemble.link(follower!, leader);
  assert.ok(link.acceptedCount > 0);

  await link.setMode("drop");
  const remaining = await until(() => ensemble.followers(), (found) => found.length === 1);
  assert.deepEqual(remaining, [other]);

  await link.setMode("pass");
  assert.equal(await ensemble.leader(), leader);
  await until(() => ensemble.followers(), (found) => found.length === 2);
});
