import assert from "node:assert/strict";
import { isLocalHost } from "../../../src/config/locality.ts";

const MACHINE = {
  hostname: "Node1.example.com",
  addresses: ["192.168.0.5", "2001:db8:0:0::1"],
};

const HOSTS: [string, boolean][] = [
  ["localhost", true],
  ["LOCALHOST", true],
  ["127.0.0.1", true],
  ["127.0.0.2", true],
  ["::1", true],
  ["0:0::1", true],
  ["node1.example.com", true],
  ["node1", true],
  ["192.168.0.5", true],
  ["2001:DB8::1", true],
  ["node2", false],
  ["node1.example.org", false],
  ["192.168.0.6", false],
  ["2001:db8::2", false],
  ["127.example.com", false],
];

for (const [host, isLocal] of HOSTS) {
  Deno.test(`isLocalHost() says ${isLocal} for ${host}`, () => {
    assert.equal(isLocalHost(host, MACHINE), isLocal);
  });
}
