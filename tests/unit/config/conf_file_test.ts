import assert from "node:assert/strict";
import { join } from "node:path";
import { loadMasters, loadWorkers, loadZooCfg } from "../../../src/config/conf_file.ts";
import { ConfigError } from "../../../src/config/config_error.ts";
import { withConfDir } from "./conf_dir.ts";

Deno.test("loadMasters() reads the file of the folder", async () => {
  await withConfDir({ masters: "h:1\n" }, async (confDir) => {
    assert.deepEqual(await loadMasters(confDir), [{ host: "h", webuiPort: 1, line: 1 }]);
  });
});

Deno.test("loadMasters() names the folder and the line of a bad file", async () => {
  await withConfDir({ masters: "h:\n" }, async (confDir) => {
    await assert.rejects(loadMasters(confDir), { message: /^conf\/masters:1: "h:" has no port/ });
  });
});

Deno.test("loadWorkers() and loadMasters() say what a missing file should hold", async () => {
  await withConfDir({}, async (confDir) => {
    await assert.rejects(loadWorkers(confDir), {
      message: `conf/workers: no such file in ${confDir}; create it with one host per line`,
    });
    await assert.rejects(loadMasters(confDir), { message: /for example localhost:8081$/ });
  });
});

Deno.test("loadZooCfg() takes a relative dataDir from the installation folder", async () => {
  await withConfDir({ "zoo.cfg": "dataDir=state/zk\n" }, async (confDir) => {
    const zooCfg = await loadZooCfg(confDir, { homeDir: "/opt/masterd" });
    assert.equal(zooCfg.dataDir, "/opt/masterd/state/zk");
  });
});

Deno.test("loadWorkers() refuses what is not UTF-8, and what is not a file", async () => {
  await withConfDir({}, async (confDir) => {
    await Deno.writeFile(join(confDir, "workers"), new Uint8Array([0x68, 0xff]));
    await assert.rejects(loadWorkers(confDir), {
      message: "conf/workers: is not UTF-8 text; save it as UTF-8",
    });
    await Deno.mkdir(join(confDir, "masters"));
    await assert.rejects(loadMasters(confDir), (error) => {
      assert.ok(error instanceof ConfigError && error.cause !== undefined);
      assert.match(error.message, /^conf\/masters: cannot be read in /);
      return true;
    });
  });
});
