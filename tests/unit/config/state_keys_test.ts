import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { ConfigError, formatProblem } from "../../../src/config/config_error.ts";
import { loadConfiguration, type LoadedConfiguration } from "../../../src/config/configuration.ts";
import { parseEntryNames } from "../../../src/config/entry_names.ts";
import type { Environment } from "../../../src/config/environment.ts";
import { lookUpKey } from "../../../src/config/key_lookup.ts";
import { isEntryName } from "../../../src/state/entry.ts";
import { withConfDir } from "./conf_dir.ts";

const CLUSTER = `high-availability: zookeeper
high-availability.zookeeper.quorum: localhost:2181
high-availability.cluster-id: /one
`;
const ON_DISK = `${CLUSTER}high-availability.storageDir: /state\n`;
const ON_S3 = `${CLUSTER}high-availability.storageDir: s3://bucket/state\n`;

async function load(
  text: string,
  environment: Environment = {},
  dynamicProperties: string[] = [],
): Promise<LoadedConfiguration> {
  const loaded: LoadedConfiguration[] = [];
  await withConfDir({ "flink-conf.yaml": text }, async (confDir) => {
    const source = { confDir, homeDir: dirname(confDir), environment, dynamicProperties };
    loaded.push(await loadConfiguration(source));
  });
  return loaded[0]!;
}

const warningsOf = ({ warnings }: LoadedConfiguration) => warnings.map(formatProblem);

async function problemsOf(text: string, environment: Environment = {}): Promise<string[]> {
  const error = await load(text, environment).then(() => undefined, (error) => error);
  assert.ok(error instanceof ConfigError, "no ConfigError was thrown");
  return error.problems.map(formatProblem);
}

Deno.test("loadConfiguration() has a default for everything about state", async () => {
  const loaded = await load(ON_DISK);
  const { storage, state, tokenFile } = loaded.configuration;
  assert.deepEqual(warningsOf(loaded), []);
  assert.deepEqual(state, {
    history: 3,
    required: [],
    maxBytes: 256 * 1024 * 1024,
    collectGraceMs: 3_600_000,
    recoverTimeoutMs: 10_000,
  });
  assert.equal(storage.timeoutMs, 30_000);
  assert.deepEqual([storage.s3.pathStyle, storage.s3.endpoint], [false, undefined]);
  assert.deepEqual(storage.hdfs.nameNodes, []);
  assert.equal(tokenFile, undefined);
});

Deno.test("loadConfiguration() reads every key of state", async () => {
  await withConfDir({
    "flink-conf.yaml": `${ON_DISK}masterd.state:
  history: 1
  required: [checkpoint, "topology.v2", checkpoint]
  max-size: 1 kb
  collect-grace: 0 s
  recover-timeout: 2 s
masterd.storage.timeout: 5 s
masterd.token-file: conf/token
`,
  }, async (confDir) => {
    const homeDir = dirname(confDir);
    const source = { confDir, homeDir, environment: {}, dynamicProperties: [] };
    const loaded = await loadConfiguration(source);
    const { state, storage, tokenFile } = loaded.configuration;
    assert.deepEqual(warningsOf(loaded), []);
    assert.deepEqual(state, {
      history: 1,
      required: ["checkpoint", "topology.v2"],
      maxBytes: 1024,
      collectGraceMs: 0,
      recoverTimeoutMs: 2000,
    });
    assert.equal(storage.timeoutMs, 5000);
    assert.equal(tokenFile, join(homeDir, "conf/token"));
  });
});

Deno.test("loadConfiguration() knows S3's keys by both of their names", async () => {
  for (
    const [access, secret, style, region] of [
      ["s3.access-key", "s3.secret-key", "s3.path.style.access", "s3.endpoint.region"],
      ["s3.access.key", "s3.secret.key", "s3.path-style-access", "s3.region"],
    ]
  ) {
    const loaded = await load(
      `${ON_S3}s3.endpoint: http://minio:9000/\n${region}: here\n${access}: A\n${secret}: S\n${style}: true\n`,
    );
    assert.deepEqual(loaded.warnings, []);
    assert.deepEqual(loaded.configuration.storage.s3, {
      endpoint: "http://minio:9000",
      region: "here",
      accessKey: "A",
      secretKey: "S",
      sessionToken: undefined,
      pathStyle: true,
    });
  }
});

Deno.test("loadConfiguration() takes from the variables of other programs what nobody else says", async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: "EA",
    AWS_SECRET_ACCESS_KEY: "ES",
    AWS_SESSION_TOKEN: "ET",
    AWS_DEFAULT_REGION: "default",
    AWS_REGION: "region",
    AWS_ENDPOINT_URL: "http://any:1",
    AWS_ENDPOINT_URL_S3: "http://s3:1",
    HADOOP_CONF_DIR: "/etc/hadoop",
    HADOOP_USER_NAME: "flink",
  };
  const ambient = await load(ON_S3, environment);
  assert.deepEqual(warningsOf(ambient), []);
  const { s3 } = ambient.configuration.storage;
  assert.deepEqual([s3.accessKey, s3.secretKey, s3.sessionToken], ["EA", "ES", "ET"]);
  assert.deepEqual([s3.region, s3.endpoint], ["region", "http://s3:1"]);
  const written = await load(
    `${ON_S3}s3.access-key: A\ns3.secret-key: S\ns3.region: written\n`,
    environment,
  );
  const { s3: own } = written.configuration.storage;
  assert.deepEqual([own.accessKey, own.secretKey, own.sessionToken], ["A", "S", undefined]);
  assert.equal(own.region, "written");
  const onHdfs = `${CLUSTER}high-availability.storageDir: webhdfs://node:9870/flink\n`;
  const { hdfs } = (await load(onHdfs, environment)).configuration.storage;
  assert.deepEqual([hdfs.confDir, hdfs.user], ["/etc/hadoop", "flink"]);
});

Deno.test("loadConfiguration() passes over what other programs are told, where it is of no use", async () => {
  const environment = { AWS_ENDPOINT_URL: "no URL at all", HADOOP_USER_NAME: "flink" };
  const { configuration, settings, warnings } = await load(ON_DISK, environment);
  assert.deepEqual(warnings, []);
  assert.equal(configuration.storage.hdfs.user, undefined);
  assert.ok(settings.every(({ origin }) => !origin.includes("environment")));
});

Deno.test("loadConfiguration() shows no secret, wherever it comes from", async () => {
  const loaded = await load(`${ON_S3}s3.access-key: hunter1\n`, {}, ["s3.secret-key=hunter2"]);
  const ambient = await load(ON_S3, {
    AWS_ACCESS_KEY_ID: "hunter3",
    AWS_SECRET_ACCESS_KEY: "hunter4",
    AWS_SESSION_TOKEN: "hunter5",
  });
  for (const { settings, warnings } of [loaded, ambient]) {
    assert.doesNotMatch(JSON.stringify([settings, warnings]), /hunter/);
    assert.match(JSON.stringify(settings), /"s3.secret-key","value":"\*+"/);
  }
  const problems = await problemsOf(
    `${ON_S3}s3.access-key: A\ns3.secret-key: "hunter 6"\ns3.endpoint: http://a:hunter7@b\n`,
  );
  assert.equal(problems.length, 2);
  assert.doesNotMatch(problems.join(), /hunter/);
});

Deno.test("loadConfiguration() refuses half of a pair of keys, and asks for both where none is", async () => {
  assert.match(
    (await problemsOf(`${ON_S3}s3.access-key: A\n`, { AWS_SECRET_ACCESS_KEY: "ES" })).join(),
    /s3.secret-key: is missing beside s3.access-key/,
  );
  assert.match(warningsOf(await load(ON_S3)).join(), /AWS_ACCESS_KEY_ID/);
  assert.deepEqual(warningsOf(await load(ON_DISK, { AWS_ACCESS_KEY_ID: "EA" })), []);
});

Deno.test("loadConfiguration() reads name nodes, and warns of those that nobody asks", async () => {
  const nodes = "masterd.storage.hdfs.namenodes: one:9870, [::1]:9871\n";
  const loaded = await load(
    `${CLUSTER}high-availability.storageDir: hdfs:///flink\n${nodes}`,
  );
  assert.deepEqual(warningsOf(loaded), []);
  assert.deepEqual(loaded.configuration.storage.hdfs.nameNodes, [
    { host: "one", port: 9870 },
    { host: "::1", port: 9871 },
  ]);
  assert.match(warningsOf(await load(ON_DISK + nodes)).join(), /without an hdfs:\/\/ storageDir/);
});

Deno.test("loadConfiguration() warns of state where none is kept", async () => {
  const loaded = await load("masterd.state.required: checkpoint\n");
  assert.match(warningsOf(loaded).join(), /required: has no effect without high-availability: zoo/);
});

const REFUSED = [
  "masterd.state.history: 0",
  "masterd.state.history: many",
  "masterd.state.required: a/b",
  "masterd.state.required: .hidden",
  "masterd.state.max-size: 0 b",
  "masterd.state.recover-timeout: 0 s",
  "masterd.storage.timeout: 0 s",
  "masterd.storage.hdfs.namenodes: one",
  "s3.endpoint: ftp://host",
  "s3.endpoint: http://host/path",
  "s3.path.style.access: maybe",
];

for (const line of REFUSED) {
  Deno.test(`loadConfiguration() refuses ${line}`, async () => {
    const problems = await problemsOf(`${ON_DISK}${line}\n`);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.ok(problems[0]!.startsWith(`conf/flink-conf.yaml:5: ${line.split(":")[0]}: `));
  });
}

Deno.test("parseEntryNames() has the rule of src/state", () => {
  const names = ["a", "A.b_c-9", "x".repeat(200), "x".repeat(201), ".a", "a b", "ä", "a/b", "-a"];
  for (const name of names) {
    let isTaken = true;
    try {
      parseEntryNames(name);
    } catch {
      isTaken = false;
    }
    assert.equal(isTaken, isEntryName(name), name);
  }
});

Deno.test("lookUpKey() takes a slip in S3's keys for what was meant", () => {
  assert.deepEqual(lookUpKey("s3.secretkey"), { kind: "unknown", nearest: "s3.secret-key" });
  assert.equal(lookUpKey("s3.upload.min.part.size").kind, "without effect");
});
