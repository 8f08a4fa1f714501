import assert from "node:assert/strict";
import { COMMAND_KEYS } from "../../../src/config/command_keys.ts";
import { loadConfiguration } from "../../../src/config/configuration.ts";
import { STATE_KEYS } from "../../../src/config/state_keys.ts";
import { checkLease } from "../../../src/daemon/lease_check.ts";
import { withConfDir } from "./conf_dir.ts";

const OF_SOME_STORAGE = /^masterd\.storage\.hdfs\.|^s3\.session-token$/;
const SHIPPED = new URL("../../../conf/flink-conf.yaml", import.meta.url);

Deno.test("conf/flink-conf.yaml can be used with all that it shows as comments", async () => {
  const text = await Deno.readTextFile(SHIPPED);
  const everything = text.replaceAll(/^# (?=[\w-]+(?:\.[\w-]+)+: )/gm, "");
  await withConfDir({ "flink-conf.yaml": everything }, async (confDir) => {
    const source = { confDir, homeDir: confDir, environment: {}, dynamicProperties: [] };
    const loaded = await loadConfiguration(source);
    assert.deepEqual(loaded.warnings, []);
    assert.deepEqual(checkLease(loaded), { problems: [], warnings: [] });
    const own = Object.values({ ...COMMAND_KEYS, ...STATE_KEYS }).map(({ name }) => name)
      .filter((name) => !OF_SOME_STORAGE.test(name));
    assert.deepEqual(own.filter((name) => !loaded.places.has(name)), []);
    assert.deepEqual(loaded.configuration.jobmanager.command?.words, [
      "java",
      "-jar",
      "lib/a master.jar",
    ]);
  });
});
