import assert from "node:assert/strict";
import { formatServer, parseConnectString } from "../../../src/zookeeper/connect_string.ts";
import { InvalidArgumentError } from "../../../src/zookeeper/errors.ts";

const GOOD: [text: string, servers: string[], chroot: string][] = [
  ["localhost", ["localhost:2181"], ""],
  ["localhost:2182", ["localhost:2182"], ""],
  ["a:1,b,c:65535", ["a:1", "b:2181", "c:65535"], ""],
  ["a:1/app", ["a:1"], "/app"],
  ["a:1,b:2/app/one", ["a:1", "b:2"], "/app/one"],
  ["a:1/", ["a:1"], ""],
  ["a/app", ["a:2181"], "/app"],
  ["10.0.0.1:1,10.0.0.2:2", ["10.0.0.1:1", "10.0.0.2:2"], ""],
  ["[::1]", ["[::1]:2181"], ""],
  ["[::1]:2182,[2001:db8::2]:1/app", ["[::1]:2182", "[2001:db8::2]:1"], "/app"],
  ["[::ffff:10.0.0.1]:1", ["[::ffff:10.0.0.1]:1"], ""],
  [" a:1 , b:2 ", ["a:1", "b:2"], ""],
  ["a:1,\tb:2 /app ", ["a:1", "b:2"], "/app"],
  ["zk-1.example.org:1", ["zk-1.example.org:1"], ""],
];
for (const [text, servers, chroot] of GOOD) {
  Deno.test(`parseConnectString() reads ${JSON.stringify(text)}`, () => {
    const parsed = parseConnectString(text);
    assert.deepEqual(parsed.servers.map(formatServer), servers);
    assert.equal(parsed.chroot, chroot);
  });
}

Deno.test("parseConnectString() takes the brackets off an IPv6 address", () => {
  assert.deepEqual(parseConnectString("[::1]:1").servers, [{ hostname: "::1", port: 1 }]);
});

const BAD = [
  "",
  " ",
  "/app",
  ",",
  "a,",
  ",a",
  "a,,b",
  "a:",
  "a:x",
  "a:-1",
  "a:0",
  "a:65536",
  "a:99999999999999999999",
  "a b:1",
  "a:1 b:2",
  "a:1:2",
  ":1",
  "::1",
  "::1:2181",
  "2001:db8::1:2181",
  "[::1",
  "::1]",
  "[]:1",
  "[::1]2181",
  "[localhost]:1",
  "a:1//",
  "a:1/app/",
  "a:1/app//b",
  "a:1/../b",
  "a:1/app,b:2/app/",
];
for (const text of BAD) {
  Deno.test(`parseConnectString() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseConnectString(text), InvalidArgumentError);
  });
}
