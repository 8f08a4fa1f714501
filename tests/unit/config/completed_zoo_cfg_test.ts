import assert from "node:assert/strict";
import { completeZooCfg } from "../../../src/config/completed_zoo_cfg.ts";
import { parseJavaProperties } from "../../../src/config/java_properties.ts";
import { parseZooCfg } from "../../../src/config/zoo_cfg.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/zoo.cfg";

function complete(text: string, { peerId = 1, dataDir = "/data" } = {}): string {
  return completeZooCfg(parseZooCfg(text, FILE, { baseDir: "/opt" }), { peerId, dataDir });
}

function settingsOf(text: string, peerId?: number): Record<string, string> {
  const properties = parseJavaProperties(complete(text, { peerId }));
  return Object.fromEntries(properties.map(({ key, value }) => [key, value]));
}

Deno.test("completeZooCfg() keeps what was written and adds what is missing", () => {
  const text =
    "# mine\nserver.0=a\r\nserver.1=b:1\nmaxClientCnxns=3\n  autopurge.purgeInterval = 1\n" +
    "reconfigEnabled=true\ngroup.1=0:1\nweight.0=2\nno.such.key=x\n";
  assert.equal(
    complete(text, { dataDir: "/data/1" }),
    "# mine\nserver.0=a:2888:3888\nserver.1=b:1:3888\nmaxClientCnxns=3\n" +
      "  autopurge.purgeInterval = 1\n" +
      "reconfigEnabled=true\ngroup.1=0:1\nweight.0=2\nno.such.key=x\n" +
      "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/data/1\nclientPort=2181\n",
  );
});

Deno.test("completeZooCfg() writes the data folder in the place of another", () => {
  const text = "tickTime=1000\ndataDir=\\\n  state/zk\ninitLimit=1\nsyncLimit=1\nclientPort=1\n";
  assert.equal(
    complete(text, { dataDir: "/opt/state/zk/7" }),
    "tickTime=1000\ndataDir=/opt/state/zk/7\ninitLimit=1\nsyncLimit=1\nclientPort=1\n",
  );
});

Deno.test("completeZooCfg() escapes what Java would take for other letters", () => {
  const text = "tickTime=1\ninitLimit=1\nsyncLimit=1\nclientPort=1\ndataDir=/x\nsome.päth=/é\n";
  assert.equal(
    complete(text, { dataDir: "/dätä \u{1F600}" }),
    "tickTime=1\ninitLimit=1\nsyncLimit=1\nclientPort=1\n" +
      "dataDir=/d\\u00e4t\\u00e4 \\ud83d\\ude00\nsome.p\\u00e4th=/\\u00e9\n",
  );
});

Deno.test("completeZooCfg() adds nothing to a last line that ends in a backslash", () => {
  for (const end of ["\\", "\\\n", "\\\n\n"]) {
    const settings = settingsOf(`server.1=h\nno.such.key=x${end}`);
    assert.deepEqual([settings["no.such.key"], settings.tickTime], ["x", "2000"]);
  }
});

Deno.test("completeZooCfg() lets a server's own client port stand alone", () => {
  const text = "clientPort=2181\nclientPortAddress=localhost\nserver.1=h;2182\nserver.2=i\n";
  const { clientPort, clientPortAddress, ...own } = settingsOf(text, 1);
  assert.deepEqual([clientPort, clientPortAddress], [undefined, undefined]);
  assert.equal(own["server.1"], "h:2888:3888;localhost:2182");
  assert.equal(own["server.2"], "i:2888:3888");
  const other = settingsOf(text, 2);
  assert.deepEqual([other["clientPort"], other["clientPortAddress"]], ["2181", "localhost"]);
});

Deno.test("completeZooCfg() opens no port without TLS beside one with TLS", () => {
  assert.equal(settingsOf("server.1=h\nsecureClientPort=2281\n")["clientPort"], undefined);
});

const WHITELISTS: [string, string | undefined][] = [
  ["", undefined],
  ["4lw.commands.whitelist=ruok", "ruok,srvr"],
  ["4lw.commands.whitelist=", "srvr"],
  ["4lw.commands.whitelist=srvr, mntr", "srvr, mntr"],
  ["4lw.commands.whitelist=*", "*"],
];

for (const [line, expected] of WHITELISTS) {
  Deno.test(`completeZooCfg() lets a server answer srvr, given ${JSON.stringify(line)}`, () => {
    const settings = settingsOf(`server.1=h\n${line}\n`);
    assert.equal(settings["4lw.commands.whitelist"], expected);
  });
}

Deno.test("completeZooCfg() has nothing to add to its own text", () => {
  const text = "# example\nclientPort=2181\nserver.1=localhost\nserver.2=localhost:1:2;3\n";
  for (const peerId of [1, 2]) {
    const completed = complete(text, { peerId });
    assert.equal(complete(completed, { peerId }), completed);
  }
});

Deno.test("completeZooCfg() refuses a peer that the file does not name", () => {
  assert.deepEqual(
    problemsOf(() => complete("server.1=a\nserver.2=b\n", { peerId: 3 })),
    ["conf/zoo.cfg: has no server.3; its servers are 1, 2"],
  );
});
