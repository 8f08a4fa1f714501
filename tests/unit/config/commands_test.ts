import assert from "node:assert/strict";
import { dirname } from "node:path";
import { ConfigError, formatProblem } from "../../../src/config/config_error.ts";
import { loadConfiguration, type LoadedConfiguration } from "../../../src/config/configuration.ts";
import { withConfDir } from "./conf_dir.ts";

async function load(text: string, dynamicProperties: string[] = []): Promise<LoadedConfiguration> {
  const loaded: LoadedConfiguration[] = [];
  await withConfDir({ "flink-conf.yaml": text }, async (confDir) => {
    const source = { confDir, homeDir: dirname(confDir), environment: {}, dynamicProperties };
    loaded.push(await loadConfiguration(source));
  });
  return loaded[0]!;
}

async function commandsOf(text: string, dynamicProperties: string[] = []) {
  const { configuration: { jobmanager, taskmanager } } = await load(text, dynamicProperties);
  return { jobmanager: jobmanager.command, taskmanager: taskmanager.command };
}

const warningsOf = async (text: string) => (await load(text)).warnings.map(formatProblem);

Deno.test("loadConfiguration() has no command unless words are given", async () => {
  for (const text of ["", "masterd.jobmanager.command:\nmasterd.taskmanager.command: ''\n"]) {
    assert.deepEqual(await commandsOf(text), { jobmanager: undefined, taskmanager: undefined });
    assert.deepEqual(await warningsOf(text), []);
  }
});

Deno.test("loadConfiguration() has a default for everything about a command but its words", async () => {
  const text = "masterd.jobmanager.command: a\nmasterd.taskmanager.command: b\n";
  assert.deepEqual(await commandsOf(text), {
    jobmanager: {
      words: ["a"],
      ready: undefined,
      readyTimeoutMs: 60_000,
      health: { intervalMs: 5000, timeoutMs: 5000, failures: 3 },
      stopGraceMs: 15_000,
      logMaxBytes: 64 * 1024 * 1024,
      restart: { initialDelayMs: 1000, maxDelayMs: 30_000, attempts: 3, stableAfterMs: 60_000 },
      coolDownMs: 60_000,
    },
    taskmanager: {
      words: ["b"],
      onLeaderChange: "restart",
      stopGraceMs: 10_000,
      logMaxBytes: 64 * 1024 * 1024,
      restart: {
        initialDelayMs: 1000,
        maxDelayMs: 30_000,
        attempts: Infinity,
        stableAfterMs: 60_000,
      },
    },
  });
  assert.deepEqual(await warningsOf(text), []);
});

Deno.test("loadConfiguration() reads every key of a command", async () => {
  const text = `masterd:
  zookeeper.tick-time: 1 s
  command.log-size: 1 mb
  jobmanager:
    command: [java, -jar, "a b.jar"]
    ready: http://localhost:1/x
    ready-timeout: 2 s
    health-interval: 3 s
    health-timeout: 4 s
    health-failures: 5
    stop-grace: 0
    restart-delay: 7 s
    restart-delay-max: 8 s
    restart-attempts: 9
    stable-after: 10 s
    cool-down: 11 s
  taskmanager:
    command: python3 worker.py
    on-leader-change: Signal
    stop-grace: 12 s
    restart-delay: 13 s
    restart-delay-max: 14 s
    stable-after: 15 s
`;
  const { configuration, warnings } = await load(text);
  assert.deepEqual(warnings, []);
  assert.equal(configuration.zookeeper.tickTimeMs, 1000);
  assert.deepEqual(configuration.jobmanager.command, {
    words: ["java", "-jar", "a b.jar"],
    ready: { kind: "http", url: "http://localhost:1/x" },
    readyTimeoutMs: 2000,
    health: { intervalMs: 3000, timeoutMs: 4000, failures: 5 },
    stopGraceMs: 0,
    logMaxBytes: 1024 * 1024,
    restart: { initialDelayMs: 7000, maxDelayMs: 8000, attempts: 9, stableAfterMs: 10_000 },
    coolDownMs: 11_000,
  });
  assert.deepEqual(configuration.taskmanager.command, {
    words: ["python3", "worker.py"],
    onLeaderChange: "signal",
    stopGraceMs: 12_000,
    logMaxBytes: 1024 * 1024,
    restart: {
      initialDelayMs: 13_000,
      maxDelayMs: 14_000,
      attempts: Infinity,
      stableAfterMs: 15_000,
    },
  });
});

const KEY = "masterd.jobmanager.command";
const NOTATIONS = [
  `${KEY}: java -jar 'a, b.jar' # c`,
  `${KEY}: "java -jar 'a, b.jar'"`,
  `${KEY}: "java" -jar 'a, b.jar'`,
  `${KEY}: [java, -jar, "a, b.jar"]`,
  `${KEY}:\n  - java\n  - -jar\n  - a, b.jar`,
  `${KEY}: '["java", "-jar", "a, b.jar"]'`,
];

for (const text of NOTATIONS) {
  Deno.test(`loadConfiguration() reads ${JSON.stringify(text)} as three words`, async () => {
    const { jobmanager } = await commandsOf(`${text}\n`);
    assert.deepEqual(jobmanager?.words, ["java", "-jar", "a, b.jar"]);
  });
}

Deno.test("loadConfiguration() reads a command in -D, which may also take one away", async () => {
  const text = "masterd.jobmanager.command: [a, b]\n";
  for (const value of ["c 'd e'", '["c", "d e"]']) {
    const { jobmanager } = await commandsOf(text, [`masterd.jobmanager.command=${value}`]);
    assert.deepEqual(jobmanager?.words, ["c", "d e"]);
  }
  const without = await commandsOf(text, ["masterd.jobmanager.command="]);
  assert.equal(without.jobmanager, undefined);
});

Deno.test("loadConfiguration() shows commands so that they can be copied, and the derived grace", async () => {
  const text =
    `masterd.jobmanager.command: [java, "a b"]\nhigh-availability.zookeeper.client.session-timeout: 10 s\n`;
  const { settings } = await load(text);
  const shown = (key: string) => settings.find((setting) => setting.key === key);
  assert.equal(shown("masterd.jobmanager.command")?.value, "java 'a b'");
  assert.deepEqual(shown("masterd.jobmanager.stop-grace"), {
    key: "masterd.jobmanager.stop-grace",
    value: "2500 ms",
    origin: "default",
    hasEffect: true,
  });
});

const REFUSED: [setting: string, says: string][] = [
  ["masterd.zookeeper.tick-time: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.zookeeper.tick-time: 2 ticks", '"2 ticks" has the unknown unit "ticks"; units are'],
  ["masterd.jobmanager.command: a 'b", `"a 'b" has a ' that is not closed; write the program`],
  ["masterd.jobmanager.command: []", '"[]" has no word; write the program and its arguments, for'],
  ["masterd.jobmanager.command: ['', a]", "\"'' a\" has an empty first word, the program; write"],
  ['masterd.jobmanager.command: ["a", "b\\nc"]', "\"a 'b\\nc'\" holds a line break or a NUL"],
  ['masterd.taskmanager.command: "a\\0b"', '"a\\u0000b" holds a line break or a NUL character;'],
  ["masterd.jobmanager.ready: soon", '"soon" is nothing that can be asked; write a port (8080,'],
  ["masterd.jobmanager.ready: 70000", '"70000" is nothing that can be asked; write a port'],
  ["masterd.jobmanager.ready: exec:", '"" has no word; write the program and its arguments'],
  ["masterd.jobmanager.ready-timeout: 0 s", '"0 s" is out of range; write 1 ms to'],
  ["masterd.jobmanager.health-interval: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.jobmanager.health-timeout: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.jobmanager.health-failures: 0", '"0" is not a whole number from 1 to 10000'],
  ["masterd.jobmanager.stop-grace: -1 s", '"-1 s" is not a duration; write a whole number and'],
  ["masterd.jobmanager.restart-delay: x", '"x" is not a duration; write a whole number and a'],
  ["masterd.jobmanager.restart-delay-max: 1.5 s", '"1.5 s" is not a duration; write a whole'],
  ["masterd.jobmanager.restart-attempts: many", '"many" is not a whole number from 1 to 10000'],
  ["masterd.jobmanager.stable-after: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.jobmanager.cool-down: 100 d", '"100 d" is out of range; write 1 ms to 2147483647 ms'],
  ["masterd.taskmanager.on-leader-change: stop", '"stop" is none of the possible values: restart,'],
  ["masterd.taskmanager.stop-grace: 1 x", '"1 x" has the unknown unit "x"; units are d, h, min,'],
  ["masterd.taskmanager.restart-delay: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.taskmanager.restart-delay-max: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.taskmanager.stable-after: 0", '"0" is out of range; write 1 ms to'],
  ["masterd.command.log-size: 64 mib", '"64 mib" has the unknown unit "mib"; units are b, kb, mb'],
  ["masterd.command.log-size: 1", '"1" is out of range; write 1024 b to'],
  [
    "masterd.jobmanager.restart-delay: 60 s",
    "the longest pause, 30000 ms, is shorter than the first, 60000 ms; write at least that",
  ],
  [
    "masterd.taskmanager.restart-delay-max: 10 ms",
    "the longest pause, 10 ms, is shorter than the first, 1000 ms; write at least that",
  ],
];

for (const [setting, says] of REFUSED) {
  Deno.test(`loadConfiguration() refuses ${setting}`, async () => {
    const [key] = setting.split(":", 1);
    const error = await load(`# c\n${setting}\n`).then(() => undefined, (error) => error);
    assert.ok(error instanceof ConfigError, "no ConfigError was thrown");
    const [problem, ...others] = error.problems.map(formatProblem);
    assert.ok(problem?.startsWith(`conf/flink-conf.yaml:2: ${key}: ${says}`), problem);
    assert.deepEqual(others, []);
  });
}

Deno.test("loadConfiguration() warns of what has no effect without a command", async () => {
  const text = `masterd.jobmanager.ready: 1
masterd.jobmanager.health-interval: 1 s
masterd.jobmanager.stop-grace: 1 s
masterd.taskmanager.on-leader-change: none
masterd.command.log-size: 1 mb
`;
  const without = (line: number, key: string, condition: string) =>
    `conf/flink-conf.yaml:${line}: masterd.${key}: has no effect without ${condition}; set that`;
  assert.deepEqual((await warningsOf(text)).toSorted(), [
    without(1, "jobmanager.ready", "masterd.jobmanager.command"),
    without(2, "jobmanager.health-interval", "masterd.jobmanager.command"),
    without(3, "jobmanager.stop-grace", "masterd.jobmanager.command"),
    without(4, "taskmanager.on-leader-change", "masterd.taskmanager.command"),
    without(5, "command.log-size", "a command"),
  ]);
  const withCommands = "masterd.jobmanager.command: a\nmasterd.taskmanager.command: b\n";
  assert.deepEqual(await warningsOf(text + withCommands), []);
});

Deno.test("loadConfiguration() warns of probe times without a probe", async () => {
  const text = "masterd.jobmanager.command: a\nmasterd.jobmanager.ready-timeout: 1 s\n";
  assert.deepEqual(await warningsOf(text), [
    "conf/flink-conf.yaml:2: masterd.jobmanager.ready-timeout: has no effect without " +
    "masterd.jobmanager.ready; set that",
  ]);
});

Deno.test("loadConfiguration() warns of a grace that outlasts the daemon's own end", async () => {
  const text = "masterd.taskmanager.command: a\nmasterd.taskmanager.stop-grace: 30 s\n";
  assert.deepEqual(await warningsOf(text), [
    "conf/flink-conf.yaml:2: masterd.taskmanager.stop-grace: 30000 ms are not shorter than " +
    "cluster.services.shutdown-timeout, 30000 ms, after which the command is killed; " +
    "write less, or a longer timeout",
  ]);
});

Deno.test("loadConfiguration() warns of secrets in commands without repeating them", async () => {
  const text = `masterd.jobmanager.command: db --password hunter2
masterd.taskmanager.command: [db, token=hunter2]
masterd.jobmanager.ready: exec: ask --secret=hunter2
`;
  const warnings = await warningsOf(text);
  assert.deepEqual(warnings.map((warning) => warning.replace(/^(.*?word \d).*$/, "$1")), [
    "conf/flink-conf.yaml:1: masterd.jobmanager.command: word 2",
    "conf/flink-conf.yaml:2: masterd.taskmanager.command: word 2",
    "conf/flink-conf.yaml:3: masterd.jobmanager.ready: word 2",
  ]);
  assert.doesNotMatch(warnings.join(), /hunter2/);
});
