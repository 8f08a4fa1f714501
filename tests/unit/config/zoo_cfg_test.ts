import assert from "node:assert/strict";
import { completeZooCfg, parseZooCfg } from "../../../src/config/zoo_cfg.ts";
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
    completed: "localhost:2888:3888",
  }]);
  assert.equal(zooCfg.clientPort, 2181);
  assert.equal(zooCfg.tickTimeMs, 2000);
  assert.equal(zooCfg.dataDir, undefined);
  assert.equal(zooCfg.settings.get("initLimit"), "7");
});

Deno.test("parseZooCfg() has defaults for what is left out", () => {
  const zooCfg = parseZooCfg("", FILE);
  assert.equal(zooCfg.clientPort, 2181);
  assert.equal(zooCfg.tickTimeMs, 3000);
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
];

for (const [line, host, peerPort, electionPort, completed] of SERVERS) {
  Deno.test(`parseZooCfg() reads ${JSON.stringify(line)}`, () => {
    const [server] = parseZooCfg(line, FILE).servers;
    assert.deepEqual(
      [server?.id, server?.host, server?.peerPort, server?.electionPort, server?.completed],
      [1, host, peerPort, electionPort, completed],
    );
  });
}

const BAD_LINES: [string, string][] = [
  ["server.x=h", 'server.x: "x" is not a server id; write server.N with N from 0 to 255'],
  ["server.256=h", 'server.256: "256" is not a server id; write server.N with N from 0 to 255'],
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
    "server.1=h$x:1:2",
    'server.1: "h$x" is not a host; write a name of letters, digits, ".", "-" and "_", ' +
    "or an IP address",
  ],
  ["server.0=other", "server.0: server 0 is already on line 1; write each id once"],
  ["clientPort=abc", 'clientPort: "abc" is not a port; write a number from 1 to 65535'],
  ["tickTime=2 s", 'tickTime: "2 s" is not a tick time; write milliseconds, for example 2000'],
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

Deno.test("parseZooCfg() takes the client port from a server's line", () => {
  assert.equal(parseZooCfg("server.1=h:1:2;localhost:2182", FILE).clientPort, 2182);
});

Deno.test("completeZooCfg() keeps what was written and adds what is missing", () => {
  const text =
    "# mine\nserver.0=a\r\nserver.1=b:1\nmaxClientCnxns=3\n  autopurge.purgeInterval = 1\n";
  const zooCfg = parseZooCfg(text, FILE);
  assert.equal(
    completeZooCfg(zooCfg, { peerId: 1, defaultDataDir: "/data/1" }),
    "# mine\nserver.0=a:2888:3888\nserver.1=b:1:3888\nmaxClientCnxns=3\n" +
      "  autopurge.purgeInterval = 1\n" +
      "tickTime=3000\ninitLimit=10\nsyncLimit=5\ndataDir=/data/1\nclientPort=2181\n",
  );
});

Deno.test("completeZooCfg() makes a relative dataDir absolute in its place", () => {
  const text = "tickTime=2000\ndataDir=\\\n  state/zk\ninitLimit=1\nsyncLimit=1\nclientPort=1\n";
  const zooCfg = parseZooCfg(text, FILE, { baseDir: "/opt/masterd" });
  assert.equal(
    completeZooCfg(zooCfg, { peerId: 0, defaultDataDir: "/unused" }),
    "tickTime=2000\ndataDir=/opt/masterd/state/zk\ninitLimit=1\nsyncLimit=1\nclientPort=1\n",
  );
});

Deno.test("completeZooCfg() adds no client port beside one of a server's line", () => {
  const zooCfg = parseZooCfg("server.1=h:1:2;2182", FILE);
  const completed = completeZooCfg(zooCfg, { peerId: 1, defaultDataDir: "/data" });
  assert.doesNotMatch(completed, /clientPort/);
});

Deno.test("completeZooCfg() has nothing to add to its own text", () => {
  const options = { peerId: 0, defaultDataDir: "/data" };
  const completed = completeZooCfg(parseZooCfg(EXAMPLE, FILE), options);
  assert.equal(completeZooCfg(parseZooCfg(completed, FILE), options), completed);
});

Deno.test("completeZooCfg() refuses a peer that the file does not name", () => {
  const zooCfg = parseZooCfg("server.1=a\nserver.2=b\n", FILE);
  assert.deepEqual(
    problemsOf(() => completeZooCfg(zooCfg, { peerId: 3, defaultDataDir: "/data" })),
    ["conf/zoo.cfg: has no server.3; its servers are 1, 2"],
  );
});
