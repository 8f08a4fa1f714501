import assert from "node:assert/strict";
import { type MastersEntry, parseMasters } from "../../../src/config/masters.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/masters";

const LINES: [string, Omit<MastersEntry, "line">][] = [
  ["localhost:8081", { host: "localhost", webuiPort: 8081 }],
  ["localhost", { host: "localhost" }],
  ["h:8081 # c", { host: "h", webuiPort: 8081 }],
  ["h:8081#c", { host: "h", webuiPort: 8081 }],
  ["  h:8081  ", { host: "h", webuiPort: 8081 }],
  ["\th:8081\t# c", { host: "h", webuiPort: 8081 }],
  ["h:8081\r", { host: "h", webuiPort: 8081 }],
  ["localhost\r", { host: "localhost" }],
  ["\uFEFFh:8081", { host: "h", webuiPort: 8081 }],
  ["[::1]:8081", { host: "::1", webuiPort: 8081 }],
  ["[2001:db8::1]", { host: "2001:db8::1" }],
  ["/rack1/h", { host: "h" }],
  ["/a/b/h-1.ex.com", { host: "h-1.ex.com" }],
  ["/rack1/h:8081", { host: "h", webuiPort: 8081 }],
  ["/rack1/[::1]:8081", { host: "::1", webuiPort: 8081 }],
  ["rack/host_1", { host: "host_1" }],
  ["127.0.0.1:8081", { host: "127.0.0.1", webuiPort: 8081 }],
  ["LOCALHOST:8081", { host: "LOCALHOST", webuiPort: 8081 }],
  ["h:0", { host: "h", webuiPort: 0 }],
  ["ann@h:8081", { host: "h", webuiPort: 8081, user: "ann" }],
  ["/rack1/ann.b_c-d@[::1]:8081", { host: "::1", webuiPort: 8081, user: "ann.b_c-d" }],
  ["h:8081 ssh-port=2222 # c", { host: "h", webuiPort: 8081, sshPort: 2222 }],
  ["ann@h\tssh-port=2222\r", { host: "h", user: "ann", sshPort: 2222 }],
];

for (const [line, entry] of LINES) {
  Deno.test(`parseMasters() reads ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseMasters(line, FILE), [{ ...entry, line: 1 }]);
  });
}

const BAD_LINES: [string, string][] = [
  ["h:", '"h:" has no port after the colon; write host:port, for example h:8081'],
  ["h: 8081", '"h: 8081" has blanks around the colon; write h:8081 without them'],
  ["h : 8081", '"h : 8081" has blanks around the colon; write h:8081 without them'],
  ["h\t:8081", '"h\\t:8081" has blanks around the colon; write h:8081 without them'],
  ["h:abc", '"abc" is not a port; write a number from 0 to 65535'],
  ["h:70000", "port 70000 is out of range; write a number from 0 to 65535"],
  [":8081", '":8081" has no host; write host:port, for example localhost:8081'],
  ["h1:1 h2:2", '"h1:1 h2:2" is more than one host; write one host per line'],
  ["h1 h2", '"h1 h2" is more than one host; write one host per line'],
  ["h1,h2", '"h1,h2" is more than one host; write one host per line'],
  ["h:8081:9999", '"h:8081:9999" has more than one colon; write host:port'],
  ["::1", '"::1" is an IPv6 address without brackets; write [::1] or [::1]:port'],
  [
    "2001:db8::1",
    '"2001:db8::1" is an IPv6 address without brackets; write [2001:db8::1] or [2001:db8::1]:port',
  ],
  [
    "*",
    '"*" is not a host; write a name of letters, digits, ".", "-" and "_", or an IP address',
  ],
  [
    "h$(reboot):8081",
    '"h$(reboot)" is not a host; write a name of letters, digits, ".", "-" and "_", or an IP address',
  ],
  [
    "h\\n1:8081",
    '"h\\\\n1" is not a host; write a name of letters, digits, ".", "-" and "_", or an IP address',
  ],
  ["a@b@h:8081", '"b@h:8081" names a user, which is not supported; write the host alone'],
  [
    "-oProxyCommand=x@h:8081",
    '"-oProxyCommand=x" is not a user; write a name of letters, digits, ".", "-" and "_"',
  ],
  ["@h:8081", '"" is not a user; write a name of letters, digits, ".", "-" and "_"'],
  ["$(id)@h", '"$(id)" is not a user; write a name of letters, digits, ".", "-" and "_"'],
  [
    "-oProxyCommand=x",
    '"-oProxyCommand=x" is not a host; write a name of letters, digits, ".", "-" and "_", or an IP address',
  ],
  [
    "a;b",
    '"a;b" is not a host; write a name of letters, digits, ".", "-" and "_", or an IP address',
  ],
  ["h ssh-port=0", "port 0 is out of range; write a number from 1 to 65535"],
  ["h ssh-port=", '"" is not a port; write a number from 1 to 65535'],
  ["h ssh-port=1 ssh-port=2", "ssh-port is given more than once"],
  ["h sshport=1", '"sshport=1" is no option of a host; there is ssh-port=22'],
  ["h -oProxyCommand=x", '"-oProxyCommand=x" is no option of a host; there is ssh-port=22'],
  ["h $(id)=1", '"h $(id)=1" is more than one host; write one host per line'],
  [
    "h".repeat(300),
    '"hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh…" has 300 characters; a host name has at most 253',
  ],
  ["/rack1/", '"/rack1/" has no host after the rack; write /rack/host'],
  ["http://h:8081", '"http://h:8081" is not a host; write host, host:port or /rack/host'],
];

for (const [line, message] of BAD_LINES) {
  Deno.test(`parseMasters() refuses ${JSON.stringify(line)}`, () => {
    const text = `# masters\nlocalhost:8081\n${line}\n`;
    assert.deepEqual(problemsOf(() => parseMasters(text, FILE)), [`${FILE}:3: ${message}`]);
  });
}

Deno.test("parseMasters() skips blank lines and comments and keeps order and line numbers", () => {
  const text = "\n# c\n  # c\r\nb:1\r\n \t \r\na:2";
  assert.deepEqual(parseMasters(text, FILE), [
    { host: "b", webuiPort: 1, line: 4 },
    { host: "a", webuiPort: 2, line: 6 },
  ]);
});

Deno.test("parseMasters() reports every bad line at once", () => {
  assert.deepEqual(problemsOf(() => parseMasters("h:\nok:1\n:8081\nh:abc\n", FILE)), [
    'conf/masters:1: "h:" has no port after the colon; write host:port, for example h:8081',
    'conf/masters:3: ":8081" has no host; write host:port, for example localhost:8081',
    'conf/masters:4: "abc" is not a port; write a number from 0 to 65535',
  ]);
});

Deno.test("parseMasters() refuses duplicates", () => {
  assert.deepEqual(problemsOf(() => parseMasters("h:8081\nh:8082\nH:8081\n", FILE)), [
    'conf/masters:3: "H:8081" is a duplicate of line 1; give each master of a host its own port',
  ]);
  assert.match(problemsOf(() => parseMasters("h\nh\n", FILE)).join(), /duplicate of line 1/);
  assert.match(problemsOf(() => parseMasters("h:1\nann@h:1\n", FILE)).join(), /duplicate/);
  assert.match(problemsOf(() => parseMasters("[::1]:1\n[::1]:1\n", FILE)).join(), /duplicate/);
  assert.match(problemsOf(() => parseMasters("[::1]:1\n[0::1]:1\n", FILE)).join(), /duplicate/);
});

Deno.test("parseMasters() sees a duplicate behind the default port", () => {
  const text = "h\nh:8081\n";
  assert.equal(parseMasters(text, FILE).length, 2);
  assert.match(
    problemsOf(() => parseMasters(text, FILE, { defaultPort: 8081 })).join(),
    /"h:8081" is a duplicate of line 1/,
  );
});

Deno.test("parseMasters() takes port 0 twice", () => {
  assert.equal(parseMasters("h:0\nh:0\n", FILE).length, 2);
});

Deno.test("parseMasters() refuses a file without masters", () => {
  for (const text of ["", "\n# c\n"]) {
    assert.deepEqual(problemsOf(() => parseMasters(text, FILE)), [
      "conf/masters: lists no master; write one host:port per line, for example localhost:8081",
    ]);
  }
});
