import assert from "node:assert/strict";
import { CoordinationView } from "../../../../src/cli/status/coordination.ts";
import { loadConfiguration } from "../../../../src/config/configuration.ts";
import { freePort } from "../../../support/ports.ts";
import { Installation } from "../installation.ts";

const signal = new AbortController().signal;

/** What is seen with this configuration; `module` becomes the factory module's followLeader(). */
async function look(conf: string, { module = "", limitMs = 10_000 } = {}) {
  await using installation = await Installation.create({
    "flink-conf.yaml": conf,
    "factory.js": `export const createHighAvailabilityServices = () => ({
      campaign() {},
      async *followLeader({ signal }) { ${module} },
    });`,
  });
  const { homeDir } = installation;
  const source = { confDir: `${homeDir}/conf`, homeDir, environment: {}, dynamicProperties: [] };
  const { configuration } = await loadConfiguration(source);
  await using view = await CoordinationView.open(configuration, { signal });
  return await view.look({ limitMs, signal });
}

const MODULE = "high-availability: conf/factory.js\nhigh-availability.storageDir: state\n";

Deno.test("CoordinationView sees no election where there is none", async () => {
  assert.deepEqual(await look("high-availability: none\n"), { kind: "none" });
});

Deno.test("CoordinationView sees whom a factory module names first", async () => {
  const leader = { leaderSessionId: "id", address: "http://a:8081" };
  const module = `yield ${JSON.stringify(leader)}; yield undefined;`;
  assert.deepEqual(await look(MODULE, { module }), { kind: "seen", leader, participants: [] });
  assert.deepEqual(await look(MODULE), { kind: "seen", leader: undefined, participants: [] });
});

Deno.test("CoordinationView waits for no module that is silent, and says why one fails", async () => {
  const silent = await look(MODULE, { module: "await new Promise(() => {});", limitMs: 1 });
  assert.deepEqual(silent, { kind: "unreachable", cause: "no answer in time" });
  const failing = await look(MODULE, { module: `throw new Error("no\\x1b[2J way");` });
  assert.deepEqual(failing, { kind: "unreachable", cause: "no?[2J way" });
});

Deno.test("CoordinationView says why ZooKeeper does not answer", async () => {
  const conf = `high-availability: zookeeper
high-availability.zookeeper.quorum: 127.0.0.1:${freePort()}
high-availability.storageDir: state
`;
  const refused = await look(conf, { limitMs: 500 });
  assert.deepEqual(refused, { kind: "unreachable", cause: "Connection refused" });
});
