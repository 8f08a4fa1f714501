import assert from "node:assert/strict";
import {
  formatHostPort,
  isIPv6,
  parseHost,
  parseHostPort,
  parsePort,
  splitHostPort,
} from "../../../src/config/host_port.ts";
import { problemsOf } from "./problems.ts";

const ADDRESSES: [string, string, number][] = [
  ["localhost:2181", "localhost", 2181],
  ["node-1.example.com:1", "node-1.example.com", 1],
  ["node_1:65535", "node_1", 65535],
  ["192.168.0.1:80", "192.168.0.1", 80],
  ["[::1]:2181", "::1", 2181],
  ["[2001:db8::1]:8081", "2001:db8::1", 8081],
  ["[::ffff:10.0.0.1]:8081", "::ffff:10.0.0.1", 8081],
];

for (const [text, host, port] of ADDRESSES) {
  Deno.test(`parseHostPort() reads ${text} and formatHostPort() writes it`, () => {
    assert.deepEqual(parseHostPort(text), { host, port });
    assert.equal(formatHostPort({ host, port }), text);
  });
}

Deno.test("parseHostPort() uses the default port", () => {
  assert.deepEqual(parseHostPort("h", { defaultPort: 2181 }), { host: "h", port: 2181 });
  assert.deepEqual(parseHostPort("[::1]", { defaultPort: 2181 }), { host: "::1", port: 2181 });
  assert.deepEqual(parseHostPort("h:1", { defaultPort: 2181 }), { host: "h", port: 1 });
});

Deno.test("splitHostPort() leaves the port out if there is none", () => {
  assert.deepEqual(splitHostPort("h"), { host: "h" });
});

const REFUSED: [string, RegExp][] = [
  ["", /"" has no host/],
  ["h", /"h" has no port; write host:port, for example h:8081/],
  ["h:", /"h:" has no port after the colon; write host:port, for example h:8081/],
  ["[::1]:", /no port after the colon; .* for example \[::1\]:8081/],
  [":8081", /":8081" has no host; write host:port, for example localhost:8081/],
  ["h:abc", /"abc" is not a port; write a number from 0 to 65535/],
  ["h: 1", /" 1" is not a port/],
  ["h:-1", /"-1" is not a port/],
  ["h:65536", /port 65536 is out of range/],
  ["h:1:2", /"h:1:2" has more than one colon/],
  ["::1", /without brackets; write \[::1\] or \[::1\]:port/],
  ["2001:db8::1", /without brackets/],
  ["[::1", /is not an address in brackets/],
  ["[::1]8081", /is not an address in brackets/],
  ["[h]:1", /holds no IPv6 address/],
  ["[fe80::1%eth0]:1", /holds no IPv6 address/],
  ["[]:1", /has no host/],
  ["user@h:8081", /names a user, which is not supported/],
  ["300.1.1.1:1", /"300.1.1.1" is not an IPv4 address/],
  ["1.2.3:1", /is not an IPv4 address/],
  ["010.0.0.1:1", /is not an IPv4 address/],
  ["a..b:1", /is not a host/],
  ["h.:1", /is not a host/],
  ["-oProxyCommand=x:1", /is not a host/],
  ["-h:1", /is not a host/],
  ["h;reboot:1", /is not a host/],
  ["$(reboot):1", /is not a host/],
  ["`reboot`:1", /is not a host/],
  ["h&:1", /is not a host/],
  ["h|x:1", /is not a host/],
  ["h\\x:1", /is not a host/],
  ["h\n:1", /is not a host/],
  ["*:1", /is not a host/],
  ["h'x:1", /is not a host/],
  ["höst:1", /is not a host/],
  [`${"a".repeat(254)}:1`, /has 254 characters; a host name has at most 253/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseHostPort() refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.match(problemsOf(() => parseHostPort(text)).join(), message);
  });
}

Deno.test("parseHost() takes IPv6 with and without brackets", () => {
  assert.equal(parseHost("[::1]"), "::1");
  assert.equal(parseHost("::"), "::");
  assert.equal(parseHost("0.0.0.0"), "0.0.0.0");
  assert.match(problemsOf(() => parseHost("h:1")).join(), /is not a host/);
});

Deno.test("parsePort() refuses 0 where others must know the port", () => {
  assert.equal(parsePort("0"), 0);
  assert.match(problemsOf(() => parsePort("0", { min: 1 })).join(), /from 1 to 65535/);
});

Deno.test("isIPv6() is not misled by what a URL would take", () => {
  assert.equal(isIPv6("::1"), true);
  assert.equal(isIPv6("1:2:3:4:5:6:7:8"), true);
  for (const text of ["", "h", "1", "::1]/[", "::g", "1::2::3", "1:2:3:4:5:6:7:8:9"]) {
    assert.equal(isIPv6(text), false, text);
  }
});
