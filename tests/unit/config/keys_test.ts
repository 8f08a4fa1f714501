import assert from "node:assert/strict";
import { ENVIRONMENT_VARIABLES } from "../../../src/config/environment.ts";
import type { Key } from "../../../src/config/key.ts";
import { lookUpKey } from "../../../src/config/key_lookup.ts";
import { KEYS } from "../../../src/config/keys.ts";
import { NAMES_WITHOUT_EFFECT } from "../../../src/config/keys_without_effect.ts";

const ALL: readonly Key<unknown>[] = Object.values(KEYS);

Deno.test("KEYS holds no name twice", () => {
  const names = ALL.flatMap(({ name, otherNames = [], oldNames = [] }) => [
    name,
    ...otherNames,
    ...oldNames,
  ]);
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  assert.deepEqual(names.filter((name) => NAMES_WITHOUT_EFFECT.includes(name)), []);
});

Deno.test("KEYS has defaults that can be read and a sentence for each key", () => {
  for (const key of ALL) {
    if (key.default !== undefined) key.parse(key.default, { homeDir: "/opt/masterd" });
    assert.match(key.description, /^[A-Z].*\.$/, key.name);
  }
});

Deno.test("ENVIRONMENT_VARIABLES names every variable that sets a key", () => {
  for (const { environment } of ALL) {
    if (environment !== undefined) assert.ok(ENVIRONMENT_VARIABLES.includes(environment));
  }
});

const FLINK_DEFAULTS: [keyof typeof KEYS, string][] = [
  ["highAvailability", "NONE"],
  ["clusterId", "/default"],
  ["jobmanagerPort", "0"],
  ["root", "/flink"],
  ["sessionTimeout", "60 s"],
  ["connectionTimeout", "15 s"],
  ["acl", "open"],
  ["rpcPort", "6123"],
  ["restPort", "8081"],
  ["registrationTimeout", "5 min"],
  ["heartbeatInterval", "10 s"],
  ["heartbeatTimeout", "50 s"],
  ["registrationInitialTimeout", "100 ms"],
  ["registrationMaxTimeout", "30 s"],
  ["registrationErrorDelay", "10 s"],
  ["registrationRefusedDelay", "30 s"],
  ["shutdownTimeout", "30 s"],
  ["logMax", "10"],
];

Deno.test("KEYS has Flink's defaults", () => {
  for (const [name, text] of FLINK_DEFAULTS) assert.equal(KEYS[name].default, text, name);
});

Deno.test("KEYS differs from Flink where leadership has a lease: suspended is not lost", () => {
  assert.equal(KEYS.tolerateSuspendedConnections.default, "true");
  assert.match(KEYS.tolerateSuspendedConnections.description, /; false, as in Flink, /);
});

const OLD_NAMES: [string, string][] = [
  ["recovery.mode", "high-availability"],
  ["high-availability.zookeeper.path.namespace", "high-availability.cluster-id"],
  ["recovery.zookeeper.path.namespace", "high-availability.cluster-id"],
  ["high-availability.zookeeper.storageDir", "high-availability.storageDir"],
  ["recovery.zookeeper.storageDir", "high-availability.storageDir"],
  ["recovery.jobmanager.port", "high-availability.jobmanager.port"],
  ["recovery.zookeeper.quorum", "high-availability.zookeeper.quorum"],
  ["recovery.zookeeper.path.root", "high-availability.zookeeper.path.root"],
  [
    "recovery.zookeeper.client.session-timeout",
    "high-availability.zookeeper.client.session-timeout",
  ],
  [
    "recovery.zookeeper.client.connection-timeout",
    "high-availability.zookeeper.client.connection-timeout",
  ],
  ["web.port", "rest.port"],
  ["taskmanager.maxRegistrationDuration", "taskmanager.registration.timeout"],
];

for (const [old, current] of OLD_NAMES) {
  Deno.test(`lookUpKey() knows ${old} as an old name`, () => {
    const meaning = lookUpKey(old);
    assert.ok(meaning.kind === "known" && meaning.isOld);
    assert.equal(meaning.name, current);
  });
}

Deno.test("lookUpKey() takes both names of the mode as current", () => {
  for (const name of ["high-availability", "high-availability.type"]) {
    const meaning = lookUpKey(name);
    assert.ok(meaning.kind === "known" && !meaning.isOld);
    assert.equal(meaning.name, "high-availability");
  }
});

Deno.test("lookUpKey() knows Flink's keys that mean nothing here", () => {
  const names = [
    "high-availability.zookeeper.path.jobgraphs",
    "high-availability.zookeeper.client.retry-wait",
    "jobmanager.memory.process.size",
    "taskmanager.numberOfTaskSlots",
    "parallelism.default",
    "state.checkpoints.dir",
    "zookeeper.sasl.disable",
    "env.java.opts.jobmanager",
    "blob.server.port",
  ];
  for (const name of names) assert.equal(lookUpKey(name).kind, "without effect", name);
});

const SLIPS: [string, string | undefined][] = [
  ["high-availability.zookeeper.quorom", "high-availability.zookeeper.quorum"],
  ["high-availability.clusterid", "high-availability.cluster-id"],
  ["High-Availability", "high-availability"],
  ["rest.prot", "rest.port"],
  ["masterd.jobmanager.comand", "masterd.jobmanager.command"],
  ["masterd.jobmanager.stop-grce", "masterd.jobmanager.stop-grace"],
  ["masterd.jobmanager.on-leader-change", "masterd.taskmanager.on-leader-change"],
  ["masterd.zookeeper.ticktime", "masterd.zookeeper.tick-time"],
  ["masterd.log-size", "masterd.command.log-size"],
  ["masterd.taskmanager.grace", "masterd.taskmanager.stop-grace"],
  ["masterd.jobmanager.grace", "masterd.jobmanager.stop-grace"],
  ["masterd.tick-time", "masterd.zookeeper.tick-time"],
  ["jobmanager.command", "masterd.jobmanager.command"],
  ["env.pid", undefined],
  ["something.else.entirely", undefined],
];

for (const [slip, nearest] of SLIPS) {
  Deno.test(`lookUpKey() takes ${slip} for ${nearest ?? "nothing known"}`, () => {
    assert.deepEqual(lookUpKey(slip), { kind: "unknown", nearest });
  });
}
