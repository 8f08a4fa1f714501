import assert from "node:assert/strict";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { EXIT_CONFIGURATION, EXIT_UNUSABLE_FILE, EXIT_USAGE } from "../../../src/cli/exit_code.ts";
import { parseOptions } from "../../../src/cli/options.ts";
import { loadConfiguration } from "../../../src/config/configuration.ts";
import { ENVIRONMENT_VARIABLES } from "../../../src/config/environment.ts";
import { leaseBudget } from "../../../src/election/lease.ts";
import { UNIT_NAMES, UnitFile } from "./unit_file.ts";

const CONF_DIR = new URL("../../../conf", import.meta.url).pathname;
// Of masterd.taskmanager.stop-grace.
const DEFAULT_STOP_GRACE_MS = 10_000;
const MASTER = "masterd-jobmanager@.service";

async function shippedConfiguration() {
  const { configuration } = await loadConfiguration({
    confDir: CONF_DIR,
    homeDir: "/opt/masterd",
    environment: {},
    dynamicProperties: [],
    zookeeperNamespace: undefined,
  });
  const { highAvailability: { mode } } = configuration;
  assert.equal(mode.kind, "zookeeper");
  return configuration;
}

async function heldMs(): Promise<number> {
  return leaseBudget((await shippedConfiguration()).zookeeper).heldMs;
}

Deno.test("A master that hangs is killed by the watchdog before its lease ends, T4", async () => {
  const unit = await UnitFile.read(MASTER);
  assert.ok(unit.milliseconds("WatchdogSec") < await heldMs());
  // A stopped process takes no other signal.
  assert.equal(unit.one("WatchdogSignal"), "SIGKILL");
});

Deno.test("What a dead master left is killed before its lease ends, T16 and T20", async () => {
  const unit = await UnitFile.read(MASTER);
  assert.ok(unit.milliseconds("TimeoutStopSec") < await heldMs());
  assert.equal(unit.one("KillMode"), "control-group");
  assert.deepEqual(unit.all("KillSignal"), []);
  assert.deepEqual(unit.all("SendSIGKILL"), []);
});

Deno.test("A worker that is stopped has its command's grace before it is killed", async () => {
  const unit = await UnitFile.read("masterd-taskmanager.service");
  assert.ok(unit.milliseconds("TimeoutStopSec") > DEFAULT_STOP_GRACE_MS);
});

for (const name of UNIT_NAMES) {
  Deno.test(`${name} starts again for ever, but not with a wrong configuration`, async () => {
    const unit = await UnitFile.read(name);
    assert.equal(unit.one("Restart"), "always");
    assert.equal(unit.one("StartLimitIntervalSec"), "0");
    const refused = unit.one("RestartPreventExitStatus").split(" ").map(Number);
    // Damaged data of a ZooKeeper server stays so; it must not be tried until nobody reads the log.
    const data = name.startsWith("masterd-zookeeper") ? [EXIT_UNUSABLE_FILE] : [];
    assert.deepEqual(refused, [EXIT_USAGE, ...data, EXIT_CONFIGURATION]);
  });

  Deno.test(`${name} lets compiled JavaScript and Java run, and lies in one folder`, async () => {
    const unit = await UnitFile.read(name);
    assert.deepEqual(unit.all("MemoryDenyWriteExecute"), []);
    const programs = [...unit.all("ExecStart"), ...unit.all("ExecStopPost")];
    for (const program of programs) assert.match(program, /^-?\/opt\/masterd\/(masterd|bin\/)/);
  });
}

for (const name of [MASTER, "masterd-taskmanager.service"] as const) {
  Deno.test(`${name} sets variables that masterd reads, in folders that it may write`, async () => {
    const unit = await UnitFile.read(name);
    const known: readonly string[] = ENVIRONMENT_VARIABLES;
    for (const variable of Object.keys(unit.environment)) assert.ok(known.includes(variable));
    const { MASTERD_SESSION_FILE, FLINK_PID_DIR, FLINK_LOG_DIR } = unit.environment;
    const runtime = `%t/${unit.one("RuntimeDirectory")}`;
    assert.equal(MASTERD_SESSION_FILE, `${runtime}/session`);
    assert.equal(FLINK_PID_DIR, runtime);
    assert.equal(FLINK_LOG_DIR, `%L/${unit.one("LogsDirectory")}`);
    assert.equal(unit.one("RuntimeDirectoryMode"), "0700");
  });

  Deno.test(`${name} calls commands that masterd has, with options that they take`, async () => {
    const unit = await UnitFile.read(name);
    for (const line of [unit.one("ExecStart"), unit.one("ExecStopPost")]) {
      const [, command, ...words] = line.replaceAll("%i", "8081").split(" ");
      const found = COMMANDS[command!];
      assert.ok(found !== undefined && "options" in found, `no command ${command}`);
      parseOptions(words, found.options);
    }
    assert.match(unit.one("ExecStopPost"), / release --session-file \$\{MASTERD_SESSION_FILE\}$/);
  });

  Deno.test(`${name} hears the daemon, and nothing of what the daemon runs`, async () => {
    const unit = await UnitFile.read(name);
    assert.equal(unit.one("Type"), "notify");
    assert.equal(unit.one("NotifyAccess"), "main");
  });
}
