import assert from "node:assert/strict";
import { ConfigError, formatProblem, type Place } from "../../../src/config/config_error.ts";
import type { LoadedConfiguration } from "../../../src/config/configuration.ts";
import { loadConfiguration } from "../../../src/config/configuration.ts";
import { parseZooCfg } from "../../../src/config/zoo_cfg.ts";
import {
  checkLease,
  checkServerTicks,
  longestStopGrace,
  requireLease,
  summarizeLease,
} from "../../../src/daemon/lease_check.ts";
import { leaseBudget } from "../../../src/election/lease.ts";
import { withConfDir } from "../config/conf_dir.ts";

const SESSION_TIMEOUT = "high-availability.zookeeper.client.session-timeout";
const FILE = "conf/flink-conf.yaml";

/** The configuration with these lines from line 5 of the file on. */
async function load(...lines: string[]): Promise<LoadedConfiguration> {
  return await loadText(`high-availability: zookeeper
high-availability.zookeeper.quorum: localhost:2181
high-availability.cluster-id: /cluster_one
high-availability.storageDir: /state
${lines.join("\n")}
`);
}

async function loadText(text: string): Promise<LoadedConfiguration> {
  const loaded: LoadedConfiguration[] = [];
  await withConfDir({ "flink-conf.yaml": text }, async (confDir) => {
    const source = { confDir, homeDir: confDir, environment: {}, dynamicProperties: [] };
    loaded.push(await loadConfiguration(source));
  });
  return loaded[0]!;
}

async function report(...lines: string[]) {
  const { problems, warnings } = checkLease(await load(...lines));
  return { problems: problems.map(formatProblem), warnings: warnings.map(formatProblem) };
}

const NOTHING = { problems: [], warnings: [] };
const COMMAND = "masterd.jobmanager.command: java -jar app.jar";

Deno.test("checkLease() finds nothing in the defaults", async () => {
  assert.deepEqual(await report(), NOTHING);
  assert.deepEqual(await report(COMMAND), NOTHING);
  assert.deepEqual(await report(COMMAND, `${SESSION_TIMEOUT}: 10 s`), NOTHING);
});

Deno.test("longestStopGrace() has room for the default wherever a session has two ticks (T18)", () => {
  for (let sessionTimeoutMs = 1000; sessionTimeoutMs <= 120_000; sessionTimeoutMs += 37) {
    for (const parts of [2, 2.01, 2.5, 3, 4, 7, 20, 100, 1000]) {
      const terms = { sessionTimeoutMs, tickTimeMs: sessionTimeoutMs / parts };
      assert.ok(longestStopGrace(terms) >= sessionTimeoutMs / 4, JSON.stringify(terms));
    }
  }
});

Deno.test("longestStopGrace() stays below what a leader holds, and is never negative", () => {
  for (let sessionTimeoutMs = 1; sessionTimeoutMs <= 60_000; sessionTimeoutMs += 13) {
    for (const tickTimeMs of [1, 10, 200, 2000, 60_000]) {
      const longest = longestStopGrace({ sessionTimeoutMs, tickTimeMs });
      const { heldMs } = leaseBudget({ sessionTimeoutMs, tickTimeMs });
      assert.ok(
        longest >= 0 && longest <= Math.max(0, heldMs),
        `${sessionTimeoutMs} ${tickTimeMs}`,
      );
    }
  }
});

Deno.test("checkLease() refuses a stop grace that is longer than the lease allows (T18)", async () => {
  const grace = "masterd.jobmanager.stop-grace: 60 s";
  assert.deepEqual(await report(`${SESSION_TIMEOUT}: 10 s`, COMMAND, grace), {
    problems: [
      `${FILE}:7: masterd.jobmanager.stop-grace: 60000 ms do not fit into a lease: with a session ` +
      "timeout of 10000 ms, ticks of 2000 ms and a margin of 500 ms a leader is sure of 7100 ms, " +
      "and a sixth of that is left for ZooKeeper to answer in; write at most 5916 ms, " +
      `or a longer ${SESSION_TIMEOUT}`,
    ],
    warnings: [],
  });
});

Deno.test("checkLease() takes the longest stop grace that it names, and no longer one", async () => {
  const lines = (ms: number) => [COMMAND, `masterd.jobmanager.stop-grace: ${ms} ms`];
  assert.deepEqual(await report(`${SESSION_TIMEOUT}: 10 s`, ...lines(5916)), NOTHING);
  assert.equal((await report(`${SESSION_TIMEOUT}: 10 s`, ...lines(5917))).problems.length, 1);
});

Deno.test("checkLease() judges no stop grace without a command", async () => {
  assert.deepEqual(await report("masterd.jobmanager.stop-grace: 60 s"), NOTHING);
});

Deno.test("checkLease() warns of a stop grace for which a stock server's timeout is too short", async () => {
  const { problems, warnings } = await report(COMMAND, "masterd.jobmanager.stop-grace: 40 s");
  assert.deepEqual(problems, []);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^conf\/flink-conf.yaml:6: masterd.jobmanager.stop-grace: if the /);
  assert.match(warnings[0]!, /a session timeout of 40000 ms, .* write at most 29666 ms, or set /);
});

Deno.test("checkLease() blames the session timeout for a default stop grace that does not fit", async () => {
  const { problems } = await report(COMMAND, `${SESSION_TIMEOUT}: 400 ms`);
  assert.match(
    problems.join(),
    /^conf\/flink-conf.yaml:6: masterd.jobmanager.stop-grace: 100 ms do/,
  );
});

Deno.test("checkLease() refuses a tick time of which the session timeout has less than two", async () => {
  const lines = [`${SESSION_TIMEOUT}: 5 s`, "masterd.zookeeper.tick-time: 3 s"];
  assert.deepEqual(await report(...lines), {
    problems: [
      `${FILE}:6: masterd.zookeeper.tick-time: servers with ticks of 3000 ms grant sessions of ` +
      `6000 ms to 60000 ms, and ${SESSION_TIMEOUT} is 5000 ms; write at most 2500 ms, as in the ` +
      "servers' zoo.cfg, or a session timeout of at least 6000 ms",
    ],
    warnings: [],
  });
  assert.deepEqual(
    await report(`${SESSION_TIMEOUT}: 6 s`, "masterd.zookeeper.tick-time: 3 s"),
    NOTHING,
  );
});

Deno.test("checkLease() warns of a session timeout that is short for the usual tick time", async () => {
  assert.deepEqual(await report(`${SESSION_TIMEOUT}: 2 s`, COMMAND), {
    problems: [],
    warnings: [
      `${FILE}:5: ${SESSION_TIMEOUT}: servers with ticks of 2000 ms grant sessions of 4000 ms to ` +
      `40000 ms, and ${SESSION_TIMEOUT} is 2000 ms: they will raise it to 4000 ms; write that, or ` +
      "give the servers a smaller tickTime and set masterd.zookeeper.tick-time to the same",
    ],
  });
});

Deno.test("checkLease() warns of a session timeout that is long for a small tick time", async () => {
  const { problems, warnings } = await report("masterd.zookeeper.tick-time: 100 ms", COMMAND);
  assert.deepEqual(problems, []);
  assert.match(warnings[0]!, /:5: masterd.zookeeper.tick-time: .* they will shorten it to 2000 ms/);
  assert.match(warnings[1]!, /:5: masterd.jobmanager.stop-grace: if the .* 15000 ms do not fit/);
});

Deno.test("checkLease() names the origin of what was not written in the file", async () => {
  const loaded = await load(COMMAND, "masterd.jobmanager.stop-grace: 60 s");
  const places = new Map<string, Place>([["masterd.jobmanager.stop-grace", { origin: "-D" }]]);
  const { problems } = checkLease({ ...loaded, places });
  assert.match(problems.map(formatProblem).join(), /^-D: masterd.jobmanager.stop-grace: 60000 ms/);
});

for (const mode of ["NONE", "my/ha.js"]) {
  Deno.test(`checkLease() finds nothing where the mode is ${mode}`, async () => {
    const loaded = await loadText(`high-availability: ${mode}
${SESSION_TIMEOUT}: 1 s
masterd.zookeeper.tick-time: 10 s
masterd.jobmanager.stop-grace: 60 s
${COMMAND}
`);
    assert.deepEqual(checkLease(loaded), NOTHING);
    assert.deepEqual(checkServerTicks(loaded, parseZooCfg("tickTime=60000\n", "conf/zoo.cfg")), []);
  });
}

Deno.test("requireLease() throws the problems and returns the warnings", async () => {
  const refused = await load(COMMAND, "masterd.jobmanager.stop-grace: 60 s");
  assert.throws(() => requireLease(refused), ConfigError);
  const doubtful = await load(`${SESSION_TIMEOUT}: 2 s`);
  assert.equal(requireLease(doubtful).length, 1);
});

Deno.test("checkServerTicks() warns of servers whose ticks are longer than leases are counted with", async () => {
  const loaded = await load();
  const ticks = (text: string) =>
    checkServerTicks(loaded, parseZooCfg(text, "conf/zoo.cfg")).map(formatProblem);
  assert.deepEqual(ticks("tickTime=2000\n"), []);
  assert.deepEqual(ticks("tickTime=500\n"), []);
  const said =
    "conf/zoo.cfg: tickTime: ticks of 3000 ms are longer than masterd.zookeeper.tick-time, " +
    "2000 ms, with which leases are counted: a leader of these servers could believe in its lease " +
    "for too long; set masterd.zookeeper.tick-time to 3000 ms";
  assert.deepEqual(ticks("tickTime=3000\n"), [said]);
  // The scripts start servers with ticks of 2 s then.
  assert.deepEqual(ticks("clientPort=2181\n"), []);
});

Deno.test("summarizeLease() tells what a leader is sure of, and nothing without ZooKeeper", async () => {
  assert.deepEqual(summarizeLease(await load(`${SESSION_TIMEOUT}: 10 s`)), {
    marginMs: 500,
    heldMs: 7100,
    longestStopGraceMs: 5916,
  });
  assert.equal(summarizeLease(await loadText("high-availability: NONE\n")), undefined);
});
