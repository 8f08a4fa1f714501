import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { ConfigError, formatProblem } from "../../../src/config/config_error.ts";
import {
  type ConfigurationSource,
  loadConfiguration,
  type LoadedConfiguration,
} from "../../../src/config/configuration.ts";
import { withConfDir } from "./conf_dir.ts";

const EXAMPLE = `high-availability: zookeeper
high-availability.zookeeper.quorum: localhost:2181
high-availability.zookeeper.path.root: /flink
high-availability.cluster-id: /cluster_one
high-availability.storageDir: hdfs:///flink/recovery
`;

type Given = Partial<Omit<ConfigurationSource, "confDir" | "homeDir">>;

async function load(text: string, given: Given = {}): Promise<LoadedConfiguration> {
  const loaded: LoadedConfiguration[] = [];
  await withConfDir({ "flink-conf.yaml": text }, async (confDir) => {
    loaded.push(await loadFrom(confDir, given));
  });
  return loaded[0]!;
}

function loadFrom(confDir: string, given: Given = {}): Promise<LoadedConfiguration> {
  const homeDir = dirname(confDir);
  return loadConfiguration({ confDir, homeDir, environment: {}, dynamicProperties: [], ...given });
}

async function problemsOf(load: Promise<unknown>): Promise<string[]> {
  const error = await load.then(() => undefined, (error) => error);
  assert.ok(error instanceof ConfigError, "no ConfigError was thrown");
  return error.problems.map(formatProblem);
}

const warningsOf = ({ warnings }: LoadedConfiguration) => warnings.map(formatProblem);
const settingOf = ({ settings }: LoadedConfiguration, key: string) =>
  settings.find((setting) => setting.key === key);

Deno.test("loadConfiguration() reads the reference example without a warning", async () => {
  const loaded = await load(EXAMPLE);
  const { highAvailability, zookeeper } = loaded.configuration;
  assert.deepEqual(loaded.warnings, []);
  assert.deepEqual(highAvailability.mode, { kind: "zookeeper" });
  assert.equal(highAvailability.clusterId, "/cluster_one");
  assert.equal(highAvailability.storageDir?.url, "hdfs:///flink/recovery");
  assert.deepEqual([...highAvailability.jobmanagerPort.ports()], [0]);
  assert.deepEqual(zookeeper, {
    quorum: "localhost:2181",
    servers: [{ host: "localhost", port: 2181 }],
    root: "/flink",
    namespace: "/flink/cluster_one",
    sessionTimeoutMs: 60_000,
    tickTimeMs: 2000,
    server: "auto",
    connectionTimeoutMs: 15_000,
    acl: "open",
    authorization: [],
    tolerateSuspendedConnections: true,
  });
});

Deno.test("loadConfiguration() has a default for everything but ZooKeeper", async () => {
  await withConfDir({ "flink-conf.yaml": "" }, async (confDir) => {
    const { configuration, warnings } = await loadFrom(confDir);
    const homeDir = dirname(confDir);
    assert.deepEqual(warnings, []);
    assert.deepEqual(configuration.highAvailability.mode, { kind: "none" });
    assert.equal(configuration.zookeeper.quorum, "");
    assert.equal(configuration.jobmanager.rpcAddress, "localhost");
    assert.equal(configuration.jobmanager.rpcPort, 6123);
    assert.deepEqual(configuration.rest, {
      port: 8081,
      bindPort: undefined,
      address: undefined,
      bindAddress: undefined,
    });
    assert.deepEqual(configuration.heartbeat, { intervalMs: 10_000, timeoutMs: 50_000 });
    assert.deepEqual(configuration.env, {
      pidDir: join(homeDir, "run"),
      logDir: join(homeDir, "log"),
      logMax: 10,
      logLevel: "info",
      sshOptions: [],
    });
  });
});

Deno.test("loadConfiguration() reads nested maps as flat keys", async () => {
  const text = `high-availability:
  type: ZooKeeper
  cluster-id: one
  storageDir: /state
  zookeeper:
    quorum: [a, "b:2182"]
    client.session-timeout: 10 s
`;
  const { configuration, warnings } = await load(text);
  assert.deepEqual(warnings, []);
  assert.equal(configuration.zookeeper.quorum, "a:2181,b:2182");
  assert.equal(configuration.zookeeper.namespace, "/flink/one");
  assert.equal(configuration.zookeeper.sessionTimeoutMs, 10_000);
});

Deno.test("loadConfiguration() reads config.yaml, but not beside flink-conf.yaml", async () => {
  await withConfDir({ "config.yaml": "rest:\n  port: 9000\n" }, async (confDir) => {
    const loaded = await loadFrom(confDir);
    assert.equal(loaded.configuration.rest.port, 9000);
    assert.equal(settingOf(loaded, "rest.port")?.origin, "conf/config.yaml:2");
  });
  await withConfDir({ "config.yaml": "", "flink-conf.yaml": "" }, async (confDir) => {
    assert.deepEqual(await problemsOf(loadFrom(confDir)), [
      "conf/flink-conf.yaml: stands beside conf/config.yaml; " +
      "keep one of conf/flink-conf.yaml and conf/config.yaml",
    ]);
  });
});

Deno.test("loadConfiguration() says where it looked for a missing file", async () => {
  await withConfDir({}, async (confDir) => {
    assert.deepEqual(await problemsOf(loadFrom(confDir)), [
      `conf/flink-conf.yaml: no such file in ${confDir}; ` +
      "create it there, or name another folder with --config-dir",
    ]);
  });
});

Deno.test("loadConfiguration() does not miss in an unread file what may stand there", async () => {
  const given = {
    dynamicProperties: ["high-availability=zookeeper", "rest.port=x", "heartbeat.timeout=1"],
  };
  const problems = await problemsOf(load("a: 'x\n", given));
  assert.equal(problems.length, 2);
  assert.match(problems[0]!, /^conf\/flink-conf.yaml:\d: Missing closing 'quote/);
  assert.match(problems[1]!, /^-D: rest.port: "x" is not a port/);
});

Deno.test("loadConfiguration() lets file, environment, -D and option win in this order", async () => {
  const text = `${EXAMPLE}env.pid.dir: /file/run\nenv.log.dir: /file/log\nenv.ssh.opts: -4\n`;
  const loaded = await load(text, {
    environment: { FLINK_LOG_DIR: "/environment/log", FLINK_SSH_OPTS: "-p 22", FLINK_PID_DIR: "" },
    dynamicProperties: ["env.ssh.opts=-p 2222", "high-availability.cluster-id=/two"],
    zookeeperNamespace: "/three",
  });
  const { env, highAvailability } = loaded.configuration;
  assert.deepEqual([env.pidDir, env.logDir, env.sshOptions], [
    "/file/run",
    "/environment/log",
    ["-p", "2222"],
  ]);
  assert.equal(highAvailability.clusterId, "/three");
  const origins = [
    "env.pid.dir",
    "env.log.dir",
    "env.ssh.opts",
    "high-availability.cluster-id",
    "rest.port",
  ].map((key) => settingOf(loaded, key)?.origin);
  assert.deepEqual(origins, [
    "conf/flink-conf.yaml:6",
    "environment FLINK_LOG_DIR",
    "-D",
    "--zookeeperNamespace",
    "default",
  ]);
});

const VARIABLES: [string, string, string][] = [
  ["FLINK_PID_DIR", "/p", "env.pid.dir"],
  ["FLINK_LOG_DIR", "/l", "env.log.dir"],
  ["MAX_LOG_FILE_NUMBER", "3", "env.log.max"],
  ["FLINK_SSH_OPTS", "-p 1", "env.ssh.opts"],
  ["HIGH_AVAILABILITY", "none", "high-availability"],
  ["ROOT_LOG_LEVEL", "debug", "env.log.level"],
];

for (const [variable, value, key] of VARIABLES) {
  Deno.test(`loadConfiguration() takes ${key} from ${variable}`, async () => {
    const loaded = await load(EXAMPLE, { environment: { [variable]: value } });
    const setting = { key, value, origin: `environment ${variable}`, hasEffect: true };
    assert.deepEqual(settingOf(loaded, key), setting);
  });
}

const CONTAINER_ID = "container_e17_1410901177871_0001_01_000005";

Deno.test("loadConfiguration() uses the YARN application only if no cluster-id is configured", async () => {
  const environment = { CONTAINER_ID };
  const withoutId = EXAMPLE.replace(/.*cluster-id.*\n/, "");
  const loaded = await load(withoutId, { environment });
  assert.equal(loaded.configuration.highAvailability.clusterId, "/application_1410901177871_0001");
  assert.deepEqual(loaded.warnings, []);
  const configured = await load(EXAMPLE, { environment });
  assert.equal(configured.configuration.highAvailability.clusterId, "/cluster_one");
  const named = await load(withoutId, { environment, zookeeperNamespace: "z" });
  assert.equal(named.configuration.highAvailability.clusterId, "/z");
});

Deno.test("loadConfiguration() warns of the default cluster-id", async () => {
  const loaded = await load(EXAMPLE.replace(/.*cluster-id.*\n/, ""));
  assert.equal(loaded.configuration.highAvailability.clusterId, "/default");
  assert.deepEqual(warningsOf(loaded), [
    "conf/flink-conf.yaml: high-availability.cluster-id: is not set, so /default is used: " +
    "two such clusters on one ZooKeeper would merge; give each cluster its own",
  ]);
});

Deno.test("loadConfiguration() warns of old names and lets the new one win", async () => {
  const text = EXAMPLE.replace("high-availability.cluster-id", "recovery.zookeeper.path.namespace");
  const old = await load(text);
  assert.equal(old.configuration.highAvailability.clusterId, "/cluster_one");
  assert.deepEqual(warningsOf(old), [
    "conf/flink-conf.yaml:4: recovery.zookeeper.path.namespace: is an old name and may go away; " +
    "write high-availability.cluster-id",
  ]);
  for (const both of ["rest.port: 1\nweb.port: 2\n", "web.port: 2\nrest.port: 1\n"]) {
    const loaded = await load(both);
    assert.equal(loaded.configuration.rest.port, 1);
    assert.match(warningsOf(loaded).join(), /web.port: is ignored, because rest.port is set at /);
  }
});

Deno.test("loadConfiguration() lets an old name in -D win over the file", async () => {
  const loaded = await load(EXAMPLE, { dynamicProperties: ["recovery.mode=NONE"] });
  assert.deepEqual(loaded.configuration.highAvailability.mode, { kind: "none" });
});

Deno.test("loadConfiguration() takes the last of duplicates with a warning", async () => {
  const loaded = await load("rest.port: 1\nrest.port: 2\n");
  assert.equal(loaded.configuration.rest.port, 2);
  assert.deepEqual(warningsOf(loaded), [
    "conf/flink-conf.yaml:1: rest.port: is ignored, because rest.port is set at " +
    "conf/flink-conf.yaml:2; remove one of the two",
  ]);
});

Deno.test("loadConfiguration() warns of unknown keys with the nearest known one", async () => {
  const loaded = await load("rest.prot: 1\nsomething.else.entirely: 2\n", {
    dynamicProperties: ["heartbeat.intervall=1"],
  });
  assert.deepEqual(warningsOf(loaded), [
    "conf/flink-conf.yaml:1: rest.prot: unknown key, it is ignored; did you mean rest.port?",
    "conf/flink-conf.yaml:2: something.else.entirely: unknown key, it is ignored; " +
    "check-config lists the known keys",
    "-D: heartbeat.intervall: unknown key, it is ignored; did you mean heartbeat.interval?",
  ]);
});

Deno.test("loadConfiguration() lists Flink's other keys as without effect, not as unknown", async () => {
  const loaded = await load("parallelism.default: 4\ns3.secret-key: hunter2\n");
  assert.deepEqual(loaded.warnings, []);
  assert.deepEqual(settingOf(loaded, "parallelism.default"), {
    key: "parallelism.default",
    value: "4",
    origin: "conf/flink-conf.yaml:1",
    hasEffect: false,
  });
  assert.equal(settingOf(loaded, "s3.secret-key")?.value, "******");
});

Deno.test("loadConfiguration() uses the default for a blank value and says so", async () => {
  const loaded = await load("rest.port:\nenv.ssh.opts:\nrest.address: ''\n");
  assert.equal(loaded.configuration.rest.port, 8081);
  assert.equal(loaded.configuration.rest.address, undefined);
  assert.deepEqual(warningsOf(loaded), [
    "conf/flink-conf.yaml:1: rest.port: has no value; the default 8081 is used",
  ]);
});

Deno.test("loadConfiguration() takes Flink's policy for suspended connections without a warning", async () => {
  const key = "high-availability.zookeeper.client.tolerate-suspended-connections";
  const loaded = await load(`${EXAMPLE}${key}: false\n`);
  assert.equal(loaded.configuration.zookeeper.tolerateSuspendedConnections, false);
  assert.deepEqual(loaded.warnings, []);
});

Deno.test("loadConfiguration() refuses an unknown mode", async () => {
  assert.deepEqual(await problemsOf(load("# c\nhigh-availability: zookeper\n")), [
    'conf/flink-conf.yaml:2: high-availability: "zookeper" is no mode of high availability; ' +
    "did you mean zookeeper? modes are NONE, ZOOKEEPER, or the path or URL of a JavaScript module",
  ]);
});

Deno.test("loadConfiguration() wants quorum and storageDir for ZooKeeper", async () => {
  const text = "high-availability: zookeeper\nhigh-availability.cluster-id: x\n" +
    "high-availability.zookeeper.quorum:\n";
  assert.deepEqual(await problemsOf(load(text)), [
    "conf/flink-conf.yaml: high-availability.storageDir: is missing, but high availability by " +
    "ZooKeeper needs it; write a path or a URL, for example hdfs:///flink/recovery",
    "conf/flink-conf.yaml:3: high-availability.zookeeper.quorum: is empty, but high availability " +
    "by ZooKeeper needs it; write host:port,host:port, for example localhost:2181",
  ]);
});

Deno.test("loadConfiguration() reads a module as the mode without ZooKeeper's settings", async () => {
  await withConfDir({ "flink-conf.yaml": "high-availability: my/ha.js\n" }, async (confDir) => {
    const { configuration } = await loadFrom(confDir);
    assert.deepEqual(configuration.highAvailability.mode, {
      kind: "module",
      specifier: `file://${dirname(confDir)}/my/ha.js`,
    });
  });
});

Deno.test("loadConfiguration() reads authorizations in both notations and hides them", async () => {
  const key = "high-availability.zookeeper.client.authorization";
  const expected = [{ scheme: "digest", credential: "user:hunter2" }];
  for (const text of [`${key}: digest:user:hunter2\n`, `${key}:\n  digest: "user:hunter2"\n`]) {
    const acl = "high-availability.zookeeper.client.acl: creator\n";
    const loaded = await load(`${EXAMPLE}${acl}${text}`);
    assert.deepEqual(loaded.configuration.zookeeper.authorization, expected);
    assert.equal(loaded.configuration.zookeeper.acl, "creator");
    assert.doesNotMatch(JSON.stringify(loaded.settings), /hunter2/);
  }
  for (const text of [`${key}: hunter2\n`, `${key}:\n  "dig est": hunter2\n`]) {
    const problems = await problemsOf(load(EXAMPLE + text));
    assert.equal(problems.length, 1);
    assert.doesNotMatch(problems.join(), /hunter2/);
  }
});

Deno.test("loadConfiguration() wants an identity for the ACL creator", async () => {
  const text = `${EXAMPLE}high-availability.zookeeper.client.acl: creator\n`;
  const [problem] = await problemsOf(load(text));
  assert.match(
    problem!,
    /yaml:6: .*client.acl: "creator" needs an identity; set high-availability/,
  );
});

Deno.test("loadConfiguration() wants times that fit each other, once each", async () => {
  const [heartbeat, ...others] = await problemsOf(load("heartbeat.interval: 60 s\n"));
  assert.match(heartbeat!, /yaml:1: heartbeat.interval: the timeout, 50000 ms, is not longer/);
  assert.deepEqual(others, []);
  const [registration] = await problemsOf(load("cluster.registration.max-timeout: 50 ms\n"));
  assert.match(
    registration!,
    /max-timeout: the longest wait, 50 ms, is shorter than the first, 100/,
  );
});

Deno.test("loadConfiguration() refuses a -D without a value and an empty namespace", async () => {
  const given = { dynamicProperties: ["rest.port", "=1"], zookeeperNamespace: " " };
  assert.deepEqual(await problemsOf(load(EXAMPLE, given)), [
    '-D: "rest.port" is not a setting; write -D key=value',
    '-D: "=1" is not a setting; write -D key=value',
    "--zookeeperNamespace: is empty; name the cluster",
  ]);
});

Deno.test("loadConfiguration() reports every problem of every source at once", async () => {
  const text = `high-availability: zookeeper
high-availability.zookeeper.quorum: "localhost:"
high-availability.storageDir: ":::"
high-availability.jobmanager.port: 5-1
heartbeat.interval: soon
heartbeat.timeout: 5 s
`;
  const problems = await problemsOf(load(text, {
    environment: { MAX_LOG_FILE_NUMBER: "many" },
    dynamicProperties: ["rest.port=99999"],
  }));
  const places = problems.map((problem) => problem.split(": ", 2).join(" "));
  assert.deepEqual(places, [
    "conf/flink-conf.yaml:2 high-availability.zookeeper.quorum",
    "conf/flink-conf.yaml:3 high-availability.storageDir",
    "conf/flink-conf.yaml:4 high-availability.jobmanager.port",
    "conf/flink-conf.yaml:5 heartbeat.interval",
    "-D rest.port",
    "environment MAX_LOG_FILE_NUMBER env.log.max",
  ]);
});

Deno.test("loadConfiguration() shows values as they take effect", async () => {
  const text = EXAMPLE.replace("localhost:2181", "b , a:1").replace(
    "hdfs:///flink/recovery",
    "/x/",
  );
  const loaded = await load(text.replace("/cluster_one", "cluster_one/"));
  const shown = ["zookeeper.quorum", "storageDir", "cluster-id"]
    .map((name) => settingOf(loaded, `high-availability.${name}`)?.value);
  assert.deepEqual(shown, ["b:2181,a:1", "file:///x", "/cluster_one"]);
});
