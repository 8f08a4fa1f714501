import assert from "node:assert/strict";
import { parseQuorum } from "../../../src/config/quorum.ts";
import { problemsOf } from "./problems.ts";

const QUORUMS: [string, string][] = [
  ["localhost:2181", "localhost:2181"],
  ["localhost", "localhost:2181"],
  [" localhost:2891 ", "localhost:2891"],
  ["localhost :2891", "localhost:2891"],
  ["a:1, b:2", "a:1,b:2"],
  ["a:1,\tb ,c:3", "a:1,b:2181,c:3"],
  ["a:1,,b:2,", "a:1,b:2"],
  ["a:1,b:2/chroot", "a:1,b:2/chroot"],
  ["a:1/one/two/", "a:1/one/two"],
  ["a:1/", "a:1"],
  ["[::1]:2181,[2001:db8::1]", "[::1]:2181,[2001:db8::1]:2181"],
];

for (const [text, connectString] of QUORUMS) {
  Deno.test(`parseQuorum() reads ${JSON.stringify(text)}`, () => {
    assert.equal(parseQuorum(text).connectString, connectString);
  });
}

Deno.test("parseQuorum() lists the servers", () => {
  assert.deepEqual(parseQuorum("a, [::1]:2/x").servers, [
    { host: "a", port: 2181 },
    { host: "::1", port: 2 },
  ]);
});

const REFUSED: [string, RegExp][] = [
  ["", /"" names no ZooKeeper server; write host:port,host:port/],
  ["  ", /names no ZooKeeper server/],
  [",", /names no ZooKeeper server/],
  ["/chroot", /names no ZooKeeper server/],
  ["a:1/x,b:2/x", /write the chroot once, at the end/],
  ["a:1//x", /write the chroot once/],
  ["a:1/x/../y", /"\.\."/],
  ["a:", /for example a:2181/],
  ["a:x", /is not a port/],
  ["a:0", /has port 0/],
  [":2181", /has no host/],
  ["::1", /without brackets/],
  ["a;b", /is not a host/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseQuorum() refuses ${JSON.stringify(text)}`, () => {
    assert.match(problemsOf(() => parseQuorum(text)).join(), message);
  });
}
