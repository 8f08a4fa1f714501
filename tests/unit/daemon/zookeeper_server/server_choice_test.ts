import assert from "node:assert/strict";
import { chooseServer } from "../../../../src/daemon/zookeeper_server/server_choice.ts";

const missing = "/nowhere/zookeeper.jar";
const here = import.meta.filename!;

for (
  const [what, wanted, facts, chosen] of [
    ["one server and no Apache", "auto", { debianJar: missing }, "embedded"],
    ["Debian's package", "auto", { debianJar: here }, "apache"],
    ["ZOOKEEPER_HOME", "auto", { debianJar: missing, zookeeperHome: "/opt/zookeeper" }, "apache"],
    ["an empty ZOOKEEPER_HOME", "auto", { debianJar: missing, zookeeperHome: "" }, "embedded"],
    ["several servers", "auto", { debianJar: missing, serverCount: 3 }, "apache"],
    ["the key that forces the embedded one", "embedded", { debianJar: here }, "embedded"],
    ["the key that forces Apache's", "apache", { debianJar: missing }, "apache"],
  ] as const
) {
  Deno.test(`chooseServer() with ${what} chooses ${chosen}`, async () => {
    const all = { serverCount: 1, zookeeperHome: undefined, ...facts };
    assert.equal(await chooseServer(wanted, all), chosen);
  });
}
