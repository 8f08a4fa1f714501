import assert from "node:assert/strict";
import { parseWorkers } from "../../../src/config/workers.ts";
import { problemsOf } from "./problems.ts";

const FILE = "conf/workers";

const LINES: [string, string][] = [
  ["localhost", "localhost"],
  ["localhost\r", "localhost"],
  ["\th # c", "h"],
  ["h#c", "h"],
  ["[::1]", "::1"],
  ["/rack1/h", "h"],
  ["/a/b/h-1.ex.com", "h-1.ex.com"],
  ["rack/host_1", "host_1"],
];

for (const [line, host] of LINES) {
  Deno.test(`parseWorkers() reads ${JSON.stringify(line)}`, () => {
    assert.deepEqual(parseWorkers(line, FILE), [{ host, line: 1 }]);
  });
}

const BAD_LINES: [string, RegExp][] = [
  ["h:8081", /"h:8081" has a port, but a worker has none; write h$/],
  ["[::1]:8081", /write \[::1\]$/],
  ["h:", /no port after the colon/],
  [":8081", /has no host/],
  ["h1 h2", /more than one host/],
  ["h1,h2", /more than one host/],
  ["::1", /without brackets/],
  ["*", /is not a host/],
  ["a@b@h", /names a user/],
  ["-l@h", /"-l" is not a user/],
  ["ann@h:8081", /write h$/],
  ["h ssh-port=x", /"x" is not a port/],
];

for (const [line, message] of BAD_LINES) {
  Deno.test(`parseWorkers() refuses ${JSON.stringify(line)}`, () => {
    const [problem, ...others] = problemsOf(() => parseWorkers(`ok\n${line}`, FILE));
    assert.deepEqual(others, []);
    assert.match(problem!, /^conf\/workers:2: /);
    assert.match(problem!, message);
  });
}

Deno.test("parseWorkers() starts as many workers as a host has lines", () => {
  assert.deepEqual(parseWorkers("h\r\n\r\nh\r\n", FILE), [{ host: "h", line: 1 }, {
    host: "h",
    line: 3,
  }]);
});

Deno.test("parseWorkers() reads how ssh reaches a host", () => {
  assert.deepEqual(parseWorkers("ann@h ssh-port=2222\nann@h\n", FILE), [
    { host: "h", user: "ann", sshPort: 2222, line: 1 },
    { host: "h", user: "ann", line: 2 },
  ]);
});

Deno.test("parseWorkers() takes an empty file: no workers", () => {
  assert.deepEqual(parseWorkers("# none\n", FILE), []);
});
