import assert from "node:assert/strict";
import { clientListener, parseZooCfg } from "../../../src/config/zoo_cfg.ts";
import { formatZooServer } from "../../../src/config/zoo_server.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/zoo.cfg";
const EXAMPLE =
  "# example\ntickTime=2000\ninitLimit=7\nclientPort=2181\n\nserver.0=localhost:2888:3888\n";

Deno.test("parseZooCfg() reads the example", () => {
  const zooCfg = parseZooCfg(EXAMPLE, FILE);
  assert.deepEqual(zooCfg.servers, [{
    id: 0,
    line: 6,
    host: "localhost",
    peerPort: 2888,
    electionPort: 3888,
    cards: [{ host: "localhost", peerPort: 2888, electionPort: 3888 }],
    isObserver: false,
  }]);
  assert.equal(zooCfg.clientPort, 2181);
  assert.equal(zooCfg.tickTimeMs, 2000);
  assert.equal(zooCfg.dataDir, undefined);
  assert.equal(zooCfg.settings.get("initLimit"), "7");
});

Deno.test("parseZooCfg() has defaults for what is left out", () => {
  const zooCfg = parseZooCfg("", FILE);
  assert.equal(zooCfg.clientPort, 2181);
  assert.equal(zooCfg.tickTimeMs, 2000);
  assert.deepEqual(zooCfg.servers, []);
});

const SERVERS: [string, string, number, number, string][] = [
  ["server.1=h", "h", 2888, 3888, "h:2888:3888"],
  ["server.1=h:1", "h", 1, 3888, "h:1:3888"],
  ["server.1=h:1:2", "h", 1, 2, "h:1:2"],
  ["server.1 = h:1:2", "h", 1, 2, "h:1:2"],
  ["  server.1: h:1:2\r", "h", 1, 2, "h:1:2"],
  ["server.1=h:1:2:observer", "h", 1, 2, "h:1:2:observer"],
  ["server.1=h:1:2;2181", "h", 1, 2, "h:1:2;2181"],
  ["server.1=[::1]", "::1", 2888, 3888, "[::1]:2888:3888"],
  ["server.1=[::1]:1:2:participant;[::1]:2181", "::1", 1, 2, "[::1]:1:2:participant;[::1]:2181"],
  ["server.1=a:1:2|b:1:2", "a", 1, 2, "a:1:2|b:1:2"],
  [
    "server.1=a:1:2:observer|[::2]:3:4:observer;5",
    "a",
    1,
    2,
    "a:1:2:observer|[::2]:3:4:observer;5",
  ],
  ["server.1=h;h:2182", "h", 2888, 3888, "h:2888:3888;h:2182"],
];

for (const [line, host, peerPort, electionPort, completed] of SERVERS) {
  Deno.test(`parseZooCfg() reads ${JSON.stringify(line)}`, () => {
    const [server] = parseZooCfg(line, FILE).servers;
    assert.deepEqual(
      [server!.id, server!.host, server!.peerPort, server!.electionPort, formatZooServer(server!)],
      [1, host, peerPort, electionPort, completed],
    );
  });
}

const BAD_LINES: [string, string][] = [
  ["server.x=h", 'server.x: "x" is not a server id; write server.N with N from 0 to 255'],
  ["server.256=h", 'server.256: "256" is not a server id; write server.N with N from 0 to 255'],
  ["server.01=h", 'server.01: "01" is not a server id; write server.N with N from 0 to 255'],
  ["server.1=", 'server.1: "" has no host; write host:2888:3888'],
  ["server.1=:1:2", 'server.1: ":1:2" has no host; write host:2888:3888'],
  ["server.1=h:x:2", 'server.1: "x" is not a port; write a number from 1 to 65535'],
  ["server.1=h:0:2", "server.1: port 0 is out of range; write a number from 1 to 65535"],
  [
    "server.1=h:1:2:king",
    'server.1: "h:1:2:king" has the unknown role "king"; write host:2888:3888',
  ],
  [
    "server.1=h:1:2:observer:3",
    'server.1: "h:1:2:observer:3" has more than two ports and a role; write host:2888:3888',
  ],
  [
    "server.1=h:1:2 # main",
    'server.1: "h:1:2 # main" is followed by a comment, which needs its own line; ' +
    "write host:2888:3888",
  ],
  ["server.1=h:1:2;3;4", 'server.1: "h:1:2;3;4" has more than one ";"; write host:2888:3888'],
  [
    "server.1=h:1:2;::1:2181",
    'server.1: "::1:2181" is an IPv6 address without brackets; write [address]:2181',
  ],
  ["server.1=h:1:2;h:0", "server.1: port 0 is out of range; write a number from 1 to 65535"],
  [
    "server.1=-oProxyCommand=x",
    'server.1: "-oProxyCommand=x" is not a host; write a name of letters, digits, ".", "-" and ' +
    '"_", or an IP address',
  ],
  [
    "server.1=$(id):1:2",
    'server.1: "$(id)" is not a host; write a name of letters, digits, ".", "-" and "_", ' +
    "or an IP address",
  ],
  [
    "server.1=h$x:1:2",
    'server.1: "h$x" is not a host; write a name of letters, digits, ".", "-" and "_", ' +
    "or an IP address",
  ],
  ["server.0=other", "server.0: server 0 is already on line 1; write each id once"],
  ["clientPort=abc", 'clientPort: "abc" is not a port; write a number from 1 to 65535'],
  ["tickTime=2 s", 'tickTime: "2 s" is not a tick time; write milliseconds, for example 2000'],
  ["initLimit=0", 'initLimit: "0" is not a number of ticks; write for example 10'],
  ["syncLimit=5s", 'syncLimit: "5s" is not a number of ticks; write for example 10'],
  ["secureClientPort=x", 'secureClientPort: "x" is not a port; write a number from 1 to 65535'],
  [
    "clientPortAddress=[::1",
    'clientPortAddress: "[::1" is not a host; write a name of letters, digits, ".", "-" and "_", ' +
    "or an IP address",
  ],
  [
    "dynamicConfigFile=zoo.dynamic",
    "dynamicConfigFile: is not supported; write the servers into this file",
  ],
  ["dataDir=", 'dataDir: "" is not an absolute path; write for example /var/lib/zookeeper'],
  [
    "dataLogDir=log",
    'dataLogDir: "log" is not an absolute path; write for example /var/lib/zookeeper',
  ],
  [
    "dataDir=data",
    'dataDir: "data" is not an absolute path; write for example /var/lib/zookeeper',
  ],
];

for (const [line, message] of BAD_LINES) {
  Deno.test(`parseZooCfg() refuses ${line}`, () => {
    const text = `server.0=localhost\n${line}\n`;
    assert.deepEqual(problemsOf(() => parseZooCfg(text, FILE)), [`conf/zoo.cfg:2: ${message}`]);
  });
}

Deno.test("parseZooCfg() reports every problem at once", () => {
  assert.equal(
    problemsOf(() => parseZooCfg("clientPort=x\nserver.1=\ntickTime=x\n", FILE)).length,
    3,
  );
});

Deno.test("parseZooCfg() takes a relative dataDir from the base folder", () => {
  const zooCfg = parseZooCfg("dataDir=state/zk", FILE, { baseDir: "/opt/masterd" });
  assert.equal(zooCfg.dataDir, "/opt/masterd/state/zk");
});

const LISTENERS: [string, unknown][] = [
  ["server.1=h", { port: 2181 }],
  ["server.1=h\nclientPort=2182", { port: 2182 }],
  ["server.1=h\nclientPortAddress=[::1]", { host: "::1", port: 2181 }],
  ["server.1=h;2183\nclientPort=2182", { port: 2183 }],
  ["server.1=h;2183\nclientPortAddress=localhost", { host: "localhost", port: 2183 }],
  ["server.1=h;0.0.0.0:2183\nclientPortAddress=localhost", { host: "0.0.0.0", port: 2183 }],
  ["server.1=h\nsecureClientPort=2281", undefined],
  ["server.1=h\nsecureClientPort=2281\nclientPort=2181", { port: 2181 }],
  ["server.1=h;2183\nsecureClientPort=2281", { port: 2183 }],
];

for (const [text, expected] of LISTENERS) {
  Deno.test(`clientListener() of ${JSON.stringify(text)}`, () => {
    const zooCfg = parseZooCfg(text, FILE);
    assert.deepEqual(clientListener(zooCfg, zooCfg.servers[0]), expected);
  });
}

Deno.test("parseZooCfg() takes what the example file of the installation shows as comments", async () => {
  const shipped = new URL("../../../conf/zoo.cfg", import.meta.url);
  const text = await Deno.readTextFile(shipped);
  const shown = text.replaceAll(/^# (?=dataDir=)|^# .*(?=server\.\d)/gm, "");
  const { dataDir, servers } = parseZooCfg(shown, FILE);
  assert.equal(dataDir, "/var/lib/zookeeper");
  assert.deepEqual(servers.map(({ id, client }) => [id, client?.port]), [[2, 2182], [
    0,
    undefined,
  ]]);
});
