import assert from "node:assert/strict";
import { parseZooCfg } from "../../../src/config/zoo_cfg.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/zoo.cfg";
const OWN = "give each server of a host its own, for example";

const APART: string[] = [
  "server.1=a\nserver.2=b\n",
  "server.1=localhost;2181\nserver.2=localhost:2889:3889;2182\n",
  "server.1=localhost\nserver.2=localhost:2889:3889;2182\n",
  "server.1=127.0.0.1;127.0.0.1:2181\nserver.2=127.0.0.2;127.0.0.2:2181\n",
  "server.1=127.0.0.1;127.0.0.1:2181\nserver.2=[::1];[::1]:2181\n",
  "server.1=[2001:db8::1]\nserver.2=[2001:db8::2]\nclientPort=2181\n",
  "server.1=a:1:2|a-2:1:2\nserver.2=b:1:2|b-2:1:2\nquorumListenOnAllIPs=true\n",
];

for (const text of APART) {
  Deno.test(`parseZooCfg() finds no clash in ${JSON.stringify(text)}`, () => {
    assert.equal(parseZooCfg(text, FILE).servers.length, 2);
  });
}

const CLASHES: [string, string][] = [
  [
    "server.1=h\nserver.2=h\n",
    "conf/zoo.cfg:2: server.2: ports 2888, 3888 and 2181 are taken by server 1 (line 1) on the " +
    `same host; ${OWN} h:2889:3889;2182`,
  ],
  [
    "server.1=h\nserver.2=H:2889:3889\n",
    "conf/zoo.cfg:2: server.2: port 2181 is taken by server 1 (line 1) on the same host; " +
    `${OWN} H:2889:3889;2182`,
  ],
  [
    "server.1=[2001:db8:0::1]:1:2;3\nserver.2=[2001:db8::1]:2:4;5\n",
    "conf/zoo.cfg:2: server.2: port 2 is taken by server 1 (line 1) on the same host; " +
    `${OWN} [2001:db8::1]:2889:3889;2182`,
  ],
  [
    "server.1=localhost:1:2;3\nserver.2=127.0.0.1:1:4;5\n",
    "conf/zoo.cfg:2: server.2: port 1 is taken by server 1 (line 1) on the same host; " +
    `${OWN} 127.0.0.1:2889:3889;2182`,
  ],
  [
    "server.1=127.0.0.1:1:2;3\nserver.2=[::1]:4:5;3\n",
    "conf/zoo.cfg:2: server.2: port 3 is taken by server 1 (line 1) on the same host; " +
    `${OWN} [::1]:2889:3889;2182`,
  ],
  [
    "server.1=127.0.0.1:1:2;3\nserver.2=[::1]:1:4;5\nquorumListenOnAllIPs=true\n",
    "conf/zoo.cfg:2: server.2: port 1 is taken by server 1 (line 1) on the same host; " +
    `${OWN} [::1]:2889:3889;2182`,
  ],
  [
    "server.1=a:1:2|b:1:2;3\nserver.2=b:1:4;5\n",
    "conf/zoo.cfg:2: server.2: port 1 is taken by server 1 (line 1) on the same host; " +
    `${OWN} b:2889:3889;2182`,
  ],
  [
    "secureClientPort=9\nserver.1=h:1:2;3\nserver.2=h:4:5;6\n",
    "conf/zoo.cfg:3: server.2: port 9 is taken by server 1 (line 2) on the same host; " +
    `${OWN} h:2889:3889;2182`,
  ],
  [
    "server.1=h:2888:2888\n",
    "conf/zoo.cfg:1: server.1: port 2888 is needed twice; write different ports",
  ],
  [
    "server.1=h:2181:3888\n",
    "conf/zoo.cfg:1: server.1: port 2181 is needed twice; write different ports",
  ],
];

for (const [text, problem] of CLASHES) {
  Deno.test(`parseZooCfg() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(problemsOf(() => parseZooCfg(text, FILE)), [problem]);
  });
}
